#!/usr/bin/env bash
# Work that makes other bytes the second time is marked varying; work that makes the same is not.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<'Y'
steps:
  same:
    command: 'echo z > ${{outputs.z}}; echo a > ${{outputs.a}}; date +%N > logs/when'
    outputs: {z: {type: uri_file}, a: {type: uri_file}}
  varies: {command: 'date +%N > ${{outputs.o}}', outputs: {o: {type: uri_file}}}
Y
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe run --regenerate-outputs p.yaml
expect_err "its results vary"
expect_equal "$(ask_run latest "steps['same']['varying'], steps['varies']['varying']")" "(False, True)"
expect_code 0 mlpipe show
grep -A1 '^varies' out | grep -q "varying: the same work gave other outputs at another time" || fail "not marked: $(cat out)"
! grep -A1 '^same' out | grep -q "varying" || fail "marked, though it makes the same: $(cat out)"
