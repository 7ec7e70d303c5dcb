#!/usr/bin/env bash
# why: of a file's steps it says what would happen now, of a run's steps what happened then.
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2016  # bash in the step expands it
mkdir src && printf 'cat "$1" >"$2"\n' >src/copy.sh && printf '1\n' >data.txt
cat >p.yaml <<'END'
parameters: {n: 1}
steps:
  a: {source_directory: src, script_name: copy.sh, arguments: ["${{inputs.d}}", "${{outputs.o}}"],
      inputs: {d: {type: uri_file, path: data.txt}}, outputs: {o: {type: uri_file}}}
  b: {command: "wc -l < ${{inputs.d}} >${{outputs.o}}; echo ${{parameters.n}} >>${{outputs.o}}",
      inputs: {d: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file}},
      environment_variables: {LEVEL: low}}
END
expect_code 0 mlpipe why p.yaml a && expect_out "a would run" && expect_out "first run of this step"
expect_code 0 mlpipe why p.yaml b && expect_out "b may run" && expect_out "what it needs runs first: a"
expect_code 0 mlpipe run p.yaml
first=$(ask_run latest "run['run_id']")
expect_code 0 mlpipe why p.yaml && expect_out "a would be reused" && expect_out "b would be reused"

expect_code 0 mlpipe why p.yaml b -p n=2 && expect_out "b would run" && expect_out "'n' changed: 1 -> 2"
expect_code 0 mlpipe why p.yaml b --set steps.b.environment_variables.LEVEL=high
expect_out "environment variable 'LEVEL' changed: low -> high"
# shellcheck disable=SC2016
printf 'cat "$1" >"$2"\n\necho end >>"$2"\n' >src/copy.sh && touch src/new.sh
expect_code 0 mlpipe why p.yaml a
expect_out "source directory changed: copy.sh changed (line 2), new.sh is new"
expect_code 0 mlpipe run p.yaml && expect_executed "a b"
expect_code 0 mlpipe why latest b
expect_out "b ran in run" && expect_out "input 'd' has other contents (from step 'a')"
expect_code 0 mlpipe why "$first" b
expect_out "first run of this step"
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe why latest a && expect_out "a was reused in run" && expect_out "reused from run"
expect_code 2 mlpipe why p.yaml nope && expect_err "no step 'nope'"
expect_code 2 mlpipe why nope.yaml && expect_err "nope.yaml"
expect_code 0 mlpipe why p.yaml b -p n=3 --set steps.a.environment_variables.X=1
expect_out "b may run" && expect_out "what it needs runs first: a" && expect_out "'n' changed: 1 -> 3"
