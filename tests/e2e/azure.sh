#!/usr/bin/env bash
# Sourced by the tests of tests/azureml: lib.sh, and words for its pipelines.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The files of one theme lie in the current folder, which is a workspace.
use_azure() {  # use_azure nested
  cp -r "$REPOSITORY/tests/azureml/$1/." .
  [[ -e mlpipe.yaml ]] || : >mlpipe.yaml
}

# The file is valid, planned and drawn with all its steps; then these steps run, in any order.
expect_runs() {  # expect_runs pipeline.yml "a b outer/c"
  local step
  expect_code 0 mlpipe validate --local "$1"
  expect_code 0 mlpipe plan --local "$1"
  for step in $2; do grep -qE "^$step +(run|depends) " out || { cat out; fail "not in the plan: $step"; }; done
  expect_code 0 mlpipe graph --local "$1"
  for step in $2; do expect_out "$step"; done
  expect_code 0 mlpipe run --local "$1"
  expect_executed "$2"
}

# Nothing has changed: all is reused.
expect_all_reused() {  # expect_all_reused pipeline.yml
  expect_code 0 mlpipe run --local "$1"
  expect_executed ""
  expect_out "nothing to do"
}

# What the newest run made is what lies in expected/, byte for byte: a file or folder STEP.OUTPUT, with + for /.
expect_outputs() {
  local file name
  for file in expected/*; do
    name=$(basename "$file")
    rm -rf got
    expect_code 0 mlpipe get latest "${name//+//}" got
    if [[ -f $file && -d got ]]; then
      cmp "$file" got/* || fail "$name"
    else
      diff -r "$file" got || fail "$name"
    fi
  done
}
