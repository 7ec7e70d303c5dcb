#!/usr/bin/env bash
# An empty file, one of comments only and one that is no map are refused with their first line.
. "$(dirname "$0")/faults.sh"

empty() {
  printf '%b' "$1" >bad.yaml
  expect_problem 1:1 "$2"
}
empty '' "the file is empty"
empty '# nothing\n\n' "the file is empty"
empty '---\n' "the file is empty"
empty '- a\n' "a pipeline file must be a map, not a list"
empty 'text\n' "a pipeline file must be a map, not text"
empty 'name: x\n' "the file has no steps"
empty 'stesp: {}\n' "unknown key 'stesp' (did you mean 'steps'?)"
empty 'steps: {}\n' "the pipeline has no steps"
