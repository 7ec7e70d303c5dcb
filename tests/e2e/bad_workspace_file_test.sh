#!/usr/bin/env bash
# mlpipe.yaml is read as strictly as a pipeline; one without entries is fine.
. "$(dirname "$0")/faults.sh"

one_step 'echo 1 > ${{outputs.made}}' >pipeline.yaml
refused() {  # refused 'text of mlpipe.yaml' 'message'
  printf '%s\n' "$1" >mlpipe.yaml
  expect_code 2 mlpipe run pipeline.yaml
  expect_err "$work/mlpipe.yaml:$2"
  [[ ! -e .mlpipe ]] || fail "a bad mlpipe.yaml left a .mlpipe"
}
refused 'compute_target: {}' "1:1: error: unknown key 'compute_target' in the workspace file (did you mean 'compute_targets'?)"
refused 'compute_targets: [a]' "1:18: error: 'compute_targets' must be a map"
refused 'compute_targets: {local: {typ: local}}' "1:27: error: unknown key 'typ'"
refused 'compute_targets: {local: {max_concurrent_steps: 0}}' "1:49: error: 'max_concurrent_steps' must be"
refused 'compute_targets: {local: {type: locl}}' "1:19: error: the compute target 'local' has the unknown type 'locl' (did you mean 'local'?)"
refused 'environments: {system: {pythn: x}}' "1:25: error: unknown key 'pythn'"
refused 'environments: {system: {python: /no/python3}}' "1:16: error: the environment 'system' names python '/no/python3', which does not exist"
refused 'environments: {system: {python: /tmp}}' "1:16: error: the environment 'system' names python '/tmp', which is not an executable file"
refused 'git_diff: x' "1:11: error: 'git_diff' must be true or false"
refused 'a: [' "1:4: error: this '[' is not closed"
for folder in '""' . .. /; do
  refused "state_directory: $folder" "1:18: error: 'state_directory' must be a folder of its own"
done
refused 'state_directory: pipeline.yaml' "1:18: error: the state directory '$work/pipeline.yaml' is not a folder"
printf '# compute_targets:\n\n' >mlpipe.yaml
expect_code 0 mlpipe run pipeline.yaml
