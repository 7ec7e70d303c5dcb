#!/usr/bin/env bash
# What is wrong with how a step uses its component is told at its place, with the nearest name.
. "$(dirname "$0")/faults.sh"
mkdir d
cat >train.yml <<'END'
type: command
inputs:
  data: {type: uri_folder}
  rate: {type: number, min: 0, max: 1}
  mode: {type: string, enum: [fast, slow], default: fast}
  n: {type: integer, default: 3}
  flag: {type: boolean, default: true}
outputs:
  model: {type: uri_folder}
command: echo ${{inputs.data}} ${{inputs.rate}} ${{inputs.mode}} ${{inputs.n}} ${{inputs.flag}} > ${{outputs.model}}/x
END
cat >bad.yaml <<'END'
jobs:
  a:
    component: ./train.yml
    inputs: {data: {path: ./d}, rate: 2, mode: slwo, n: 1.5, flag: maybe, rte: 1}
  b:
    component: ./train.yml
    inputs: {rate: 0.5}
  c:
    component: ./train.yml
    inputs: {data: "${{parent.jobs.a.outputs.modle}}", rate: abc}
  d:
    component: ./train.yml
    inputs: {data: "${{parent.jobs.aa.outputs.model}}", rate: "${{parent.inputs.x}}"}
  e:
    component: ./train.yml
    inputs: {data: ./nowhere, rate: "${{parent.jobs.a.outputs.model}}"}
    outputs: {modl: }
    command: date
  f:
    component: ./trian.yml
  g:
    type: sweep
    component: ./train.yml
  h: {component: ./train.yml}
END
expect_problem 4:57 "the parameter 'n' takes an integer, not '1.5'"
expect_problem 4:68 "the parameter 'flag' takes a boolean, not 'maybe'"
expect_problem 4:75 "the component '$work/train.yml' has no input 'rte' (did you mean 'rate'?)"
expect_problem 7:13 "the step 'b' gives no value for the input 'data' (uri_folder) of the component"
expect_problem 10:21 "'\${{parent.jobs.a.outputs.modle}}': the step 'a' has no output 'modle' (did you mean 'model'?)"
expect_problem 10:62 "the parameter 'rate' takes a number, not 'abc'"
expect_problem 13:21 "'\${{parent.jobs.aa.outputs.model}}': the pipeline has no step 'aa' (did you mean 'a'?)"
expect_problem 13:64 "'\${{parent.inputs.x}}': the pipeline has no input or parameter 'x'"
expect_problem 16:20 "the path of the input 'data', './nowhere', does not exist"
expect_problem 16:37 "'\${{parent.jobs.a.outputs.model}}' is data, but the component '$work/train.yml' takes a number"
expect_problem 17:15 "the component '$work/train.yml' has no output 'modl' (did you mean 'model'?)"
expect_problem 18:14 "the step 'e' has both 'component' and 'command'"
expect_problem 20:16 "cannot read the component file '$work/trian.yml': there is no such file (did you mean 'train.yml'?)"
expect_problem 21:3 "the step 'g' is of type 'sweep', but the component '$work/train.yml' is of type 'command'"
expect_problem 24:3 "the step 'h' gives no value for the input 'data'"

# In the component's own file, with its place there.
cat >bad.yaml <<'END'
inputs: {x: {type: integer, default: 1, mni: 0}}
comand: echo ${{inputs.x}}
END
cat >use.yaml <<'END'
jobs: {a: {component: ./bad.yaml}, b: {component: ./bad.yaml}}
END
expect_code 2 mlpipe validate use.yaml
expect_err "bad.yaml:1:41: error: unknown key 'mni' in the parameter 'x' (did you mean 'min'?)"
expect_err "bad.yaml:1:1: error: the component does not say what to run (did you mean 'command' by 'comand'?)"

# An optional input of the pipeline cannot give what a component needs.
cat >bad.yaml <<'END'
inputs: {rate: {type: number, optional: true}, data: {path: ./d}}
jobs:
  a:
    component: ./train.yml
    inputs: {data: "${{parent.inputs.data}}", rate: "${{parent.inputs.rate}}"}
END
expect_problem 5:53 "'\${{parent.inputs.rate}}' is optional, but the component '$work/train.yml' needs its input 'rate'"
