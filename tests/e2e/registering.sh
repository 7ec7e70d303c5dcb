#!/usr/bin/env bash
# Sourced instead of lib.sh by tests of what is registered: components, data, environments, models.
. "$(dirname "${BASH_SOURCE[0]}")/collecting.sh"

# What a JSON document of the last command says; its schema is checked.
told() {  # told asset "d['version']" data show iris
  local schema=$1 question=$2
  shift 2
  expect_code 0 mlpipe "$@" --json
  expect_schema "$schema"
  /usr/bin/python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$work/out" "$question"
}
versions() { told assets "' '.join(a['name'] + ':' + a['version'] for a in d['assets'])" "$@"; }  # versions data list iris

# The same four commands for every kind, on a name of which nothing is registered yet.
check_versions() {  # check_versions data "create words" "words for another content": names are `thing`
  local kind=$1 first=$2 other=$3
  # shellcheck disable=SC2086  # words
  {
    expect_equal "$(told asset "d['name'], d['version'], d['made'], d['labels']" "$kind" create $first)" "('thing', '1', True, ['latest'])"
    expect_code 0 mlpipe "$kind" create $other && expect_out "'thing:2' is registered"
    expect_code 0 mlpipe "$kind" create $other --version 1.5 && expect_out "'thing:1.5' is registered"
    # An equal version is there already, another one is refused.
    expect_code 0 mlpipe "$kind" create $first -v 1 && expect_out "'thing:1' is there already, and equal: nothing was made"
    expect_equal "$(told asset "d['made']" "$kind" create $first -v 1)" False
    expect_code 2 mlpipe "$kind" create $other -v 1
    expect_err "'thing:1' exists already" && expect_err "leave the version out for the next one"
  }
  expect_equal "$(versions "$kind" list thing)" "thing:1.5 thing:2 thing:1"
  expect_equal "$(versions "$kind" list)" "thing:1.5"
  expect_code 0 mlpipe "$kind" list && expect_out latest && expect_out thing
  # By name the newest; by version; by label; as az has it.
  for words in thing thing@latest "--name thing" "-n thing -l latest" "thing --version 1.5" azureml:thing:1.5; do
    # shellcheck disable=SC2086
    expect_equal "$(told asset "d['version']" "$kind" show $words)" 1.5 "shown for $words"
  done
  expect_code 0 mlpipe "$kind" show thing:1 && expect_out "'thing:1'"
  # Archived: not listed, not the latest, but found by its version.
  expect_code 0 mlpipe "$kind" archive thing:1.5 && expect_out "'thing:1.5' is archived"
  expect_code 0 mlpipe "$kind" archive thing:1.5 && expect_out "nothing was changed"
  expect_equal "$(versions "$kind" list thing)" "thing:2 thing:1"
  expect_equal "$(versions "$kind" list thing --include-archived)" "thing:1.5 thing:2 thing:1"
  expect_equal "$(told asset "d['version'], d['labels']" "$kind" show thing)" "('2', ['latest'])"
  expect_equal "$(told asset "d['archived'] is None, d['labels']" "$kind" show thing:1.5)" "(False, [])"
  expect_equal "$(versions "$kind" archive thing)" "thing:2 thing:1"
  expect_equal "$(versions "$kind" list)" ""
  expect_code 0 mlpipe "$kind" list && expect_out "is registered"
  refused "all versions of the" "$kind" show thing
  expect_code 0 mlpipe "$kind" show thing:2
  expect_equal "$(versions "$kind" restore thing)" "thing:1.5 thing:2 thing:1"
  expect_equal "$(told asset "d['version']" "$kind" show thing)" 1.5
  # A name that is not there is told with the nearest.
  refused "(did you mean 'thing'?)" "$kind" show thign
  refused "has no version '9'; it has 1.5 (latest), 2, 1" "$kind" show thing:9
  refused "(did you mean 'thing'?)" "$kind" archive thign
}
