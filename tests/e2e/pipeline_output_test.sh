#!/usr/bin/env bash
# An output of the whole pipeline goes by its own name, also where a step has another one of that name.
. "$(dirname "$0")/lib.sh"
cat >p.yml <<'Y'
outputs: {model: {type: uri_file}, inner: {type: uri_file}}
jobs:
  good:
    command: echo GOOD >${{outputs.m}}
    environment: {image: any}
    outputs: {m: '${{parent.outputs.model}}'}
  debug:
    command: echo DEBUG >${{outputs.model}}
    environment: {image: any}
    outputs: {model: {type: uri_file}}
  nested:
    type: pipeline
    component: ./nested.yml
    outputs: {out: '${{parent.outputs.inner}}'}
Y
cat >nested.yml <<'Y'
type: pipeline
outputs: {out: {type: uri_file}}
jobs:
  deep:
    command: echo DEEP >${{outputs.o}}
    environment: {image: any}
    outputs: {o: '${{parent.outputs.out}}'}
Y
cat >use.yml <<'Y'
inputs: {m: {type: uri_file, path: 'azureml://jobs/latest/outputs/model'}}
command: cat ${{inputs.m}} >${{outputs.o}}
environment: {image: any}
outputs: {o: {type: uri_file}}
Y
expect_code 0 mlpipe run --local p.yml
run=$(mlpipe runs --json | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
expect_code 0 mlpipe get "$run" model a
expect_equal "$(cat a/*)" GOOD "the pipeline's model"
expect_code 0 mlpipe get "$run" debug.model b
expect_equal "$(cat b/*)" DEBUG "the step's model"
expect_code 0 mlpipe get "$run" inner c
expect_equal "$(cat c/*)" DEEP "an output of a nested pipeline"
expect_code 0 mlpipe model create -n prod --path "azureml://jobs/$run/outputs/model"
expect_code 0 mlpipe model download prod:1 d
expect_equal "$(cat d/* 2>/dev/null || cat d/*/*)" GOOD "the registered model"
expect_code 0 mlpipe run --local use.yml
expect_code 0 mlpipe get latest use.o e
expect_equal "$(cat e/*)" GOOD "the input of another pipeline"
expect_code 2 mlpipe get "$run" nosuch f
expect_err "or an output of the pipeline"

# A run that could not register says so, also when it is to be quiet.
cat >r.yml <<'Y'
inputs: {word: one}
command: echo ${{inputs.word}} >${{outputs.o}}
environment: {image: any}
outputs: {o: {type: uri_file, name: words, version: "1"}}
Y
expect_code 0 mlpipe run -q --local r.yml
[[ ! -s err ]] || fail "words on stderr: $(cat err)"
expect_code 3 mlpipe run -q --local r.yml -p word=two
expect_err "words:1"
expect_err "not all that was asked for could be done"
