#!/usr/bin/env bash
# Every unknown name is told with the nearest known one.
. "$(dirname "$0")/faults.sh"

cat >bad.yaml <<'END'
name: names
descripton: x
parameters: {learning_rate: 1}
inputs: {raw: {type: uri_file, path: bad.yaml}}
outputs: {final: {path: out}}
steps:
  prep:
    comand: echo
    command: cat ${{inputs.rwa}} ${{outputs.claen}} ${{parameters.learning_rat}}
    inputs: {raw: "${{parent.inputs.raw2}}", other: "${{steps.trian.outputs.model}}"}
    outputs: {clean: {type: uri_fil}, final: "${{parent.outputs.finale}}"}
    depends_on: [trin]
    resources: {cpu: 2}
  train:
    command: echo
    inputs: {x: "${{steps.prep.outputs.claen}}"}
    outputs: {model: {type: uri_file}}
END
expect_problem 2:1 "unknown key 'descripton' in the pipeline (did you mean 'description'?)"
expect_problem 8:5 "unknown key 'comand' in the step 'prep' (did you mean 'command'?)"
expect_err "has no input 'rwa' (did you mean 'raw'?)"
expect_err "has no output 'claen' (did you mean 'clean'?)"
expect_err "has no parameter 'learning_rat' (did you mean 'learning_rate'?)"
expect_err "has no input or parameter 'raw2' (did you mean 'raw'?)"
expect_err "the pipeline has no step 'trian' (did you mean 'train'?)"
expect_err "unknown data type 'uri_fil' (did you mean 'uri_file'?)"
expect_err "'finale' (did you mean 'final'?)"
expect_err "'trin' (did you mean 'train'?)"
expect_err "unknown key 'cpu'"
expect_problem 16:18 "'\${{steps.prep.outputs.claen}}': the step 'prep' has no output 'claen' (did you mean 'clean'?)"
