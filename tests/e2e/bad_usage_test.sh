#!/usr/bin/env bash
# A wrong command line says what was expected, and the nearest word.
. "$(dirname "$0")/faults.sh"

one_step 'echo 1 > ${{outputs.made}}' 'inputs: {rate: "${{parameters.rate}}"}' >p.yaml
echo 'parameters: {rate: {type: integer, default: 1}}' >>p.yaml
echo 'inputs: {raw: {type: uri_file, path: p.yaml}}' >>p.yaml
refused() {  # refused "message" word...
  local message=$1
  shift
  expect_code 2 mlpipe "$@"
  expect_err "$message"
}
refused "unknown command 'rnu' (did you mean 'run'?)" rnu p.yaml
refused "unknown option '--jbos' (did you mean '--jobs'?)" run --jbos 3 p.yaml
refused "SPEC is required; see \`mlpipe run --help\`" run
refused "unknown argument 'more'" run p.yaml more
refused "--jobs: '0' is no number of steps, at least 1" run -j 0 p.yaml
refused "--jobs: 'x' is no number of steps" run -j x p.yaml
refused "SPEC is empty" run ""
refused "-p rate: expected NAME=VALUE" run p.yaml -p rate
refused "-p =2: expected NAME=VALUE" run p.yaml -p =2
refused "has no parameter 'rat' (did you mean 'rate'?)" run p.yaml -p rat=2
refused "takes an integer, not '0.5'" run p.yaml -p rate=0.5
refused "has no input 'rw' (did you mean 'raw'?)" run p.yaml -i rw=p.yaml
refused "'$work/p.yml', does not exist (did you mean 'p.yaml'?)" run p.yaml -i raw=p.yml
refused "-i raw= is empty" run p.yaml -i raw=
refused "no step 'mak' (did you mean 'make'?)" run p.yaml --only mak
refused "no step 'mak' (did you mean 'make'?)" why p.yaml mak
refused "there is no 'mak' in 'steps' (did you mean 'make'?)" run p.yaml --set steps.mak.limits.timeout=1
refused "nothing was run yet in the workspace '$work'" show
refused "'nowhere' (-C or MLPIPE_WORKSPACE) is not a folder" run -C nowhere p.yaml
[[ ! -e .mlpipe ]] || fail "wrong usage left a .mlpipe"
expect_code 0 mlpipe run p.yaml
refused "there is no run 'zzz'" show zzz
refused "has no step 'mak' (did you mean 'make'?)" logs latest mak
refused "has no output 'mde' (did you mean 'made'?)" get latest make.mde x
refused "expected STEP.OUTPUT" get latest make x
refused "is Completed already" cancel latest
