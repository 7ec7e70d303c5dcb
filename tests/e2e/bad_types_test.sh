#!/usr/bin/env bash
# A value of the wrong kind is told for every key of a step and of the pipeline.
. "$(dirname "$0")/faults.sh"

refused() {  # refused 'key: value' 'message': as a key of the pipeline
  printf '%s\n' "$1" 'steps: {a: {command: "true"}}' >bad.yaml
  expect_code 2 mlpipe validate bad.yaml
  expect_err "$2"
}
for key in name description experiment_name; do
  refused "$key: [a]" "bad.yaml:1:$((${#key} + 3)): error: '$key' must be a single value, not a list"
done
refused 'tags: [a]' "bad.yaml:1:7: error: 'tags' must be a map from names to values, not a list"
for key in parameters inputs outputs settings; do
  refused "$key: [a]" "bad.yaml:1:$((${#key} + 3)): error: '$key' must be a map"
  refused "$key: text" "bad.yaml:1:$((${#key} + 3)): error: '$key' must be a map"
done
refused 'settings: {continue_on_step_failure: perhaps}' "must be true or false, not 'perhaps'"
refused 'parameters: {p: {type: integer, default: 0.5}}' "takes an integer, not '0.5'"
refused 'parameters: {p: {type: strange}}' "unknown parameter type 'strange'"
refused 'parameters: {p: [1]}' "must be a single value, not a list"
refused 'inputs: {i: {type: uri_file, path: [a]}}' "must be a single value, not a list"
refused 'inputs: {i: {type: uri_file, path: none}}' "the path of the input 'i', 'none', does not exist"
refused 'inputs: {i: {type: uri_folder, path: bad.yaml}}' "declared as uri_folder, but 'bad.yaml' is a file"
for key in inputs outputs environment_variables resources limits retry; do
  printf '%s\n' 'steps:' '  a:' '    command: "true"' "    $key: [1]" >bad.yaml
  expect_problem "4:$((${#key} + 7))" ""
done
for value in 'command: [a]' 'compute_target: [a]' 'allow_reuse: maybe' 'depends_on: {a: b}' \
  'hash_paths: {a: b}' 'pass_environment: {a: b}' 'include: {a: b}' 'resources: {cpus: many}' \
  'resources: {memory: lots}' 'limits: {timeout: soon}' 'retry: {max_retries: -1}' 'environment: [a]'; do
  printf '%s\n' 'steps:' '  a:' "    $value" >bad.yaml
  expect_code 2 mlpipe validate bad.yaml
  grep -qE 'bad.yaml:3:[0-9]+: error: ' "$work/err" || { cat "$work/err"; fail "not told: $value"; }
done
printf 'steps: {a: text, b: [c], d: }\n' >bad.yaml
expect_problem 1:12 "the step 'a' must be a map, not text"
expect_problem 1:21 "the step 'b' must be a map, not a list"
