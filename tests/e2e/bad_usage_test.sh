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
refused "SPEC is missing or empty: name the pipeline file, or --from-run RUN" run
refused "unknown argument 'more'" run p.yaml more
refused "-j: expected a whole number, at least 1, not '0'" run -j 0 p.yaml
refused "-j: expected a whole number, at least 1, not 'x'" run -j x p.yaml
refused "SPEC is missing or empty" run ""
refused "RUN is missing: the runs to delete: ids, or \`latest\`" delete
refused "--quiet and --json cannot be used together" run p.yaml -q --json
refused "-p rate: expected NAME=VALUE, such as C=0.5" run p.yaml -p rate
refused "-p =2: expected NAME=VALUE" run p.yaml -p =2
refused "has no parameter 'rat' (did you mean 'rate'?)" run p.yaml -p rat=2
refused "takes an integer, not '0.5'" run p.yaml -p rate=0.5
refused "has no input 'rw' (did you mean 'raw'?)" run p.yaml -i rw=p.yaml
refused "error: -i raw=p.yml: '$work/p.yml' does not exist (did you mean 'p.yaml'?)" run p.yaml -i raw=p.yml
expect_equal "$(wc -l <err)" 1 "lines about one wrong path"
refused "-i raw= is empty" run p.yaml -i raw=
refused "no step 'mak' (did you mean 'make'?)" run p.yaml --only mak
refused "no step 'mak' (did you mean 'make'?)" why p.yaml mak
refused "'steps' has no 'mak' (did you mean 'make'?)" run p.yaml --set steps.mak.limits.timeout=1
refused "there are no runs in the workspace '$work' yet" show
refused "the workspace 'nowhere' (of -C) does not exist" run -C nowhere p.yaml
[[ ! -e .mlpipe ]] || fail "wrong usage left a .mlpipe"
expect_code 0 mlpipe run p.yaml
refused "there is no run 'zzz'" show zzz
refused "has no step 'mak' (did you mean 'make'?)" logs latest mak
refused "has no output 'mde' (did you mean 'made'?)" get latest make.mde x
refused "expected STEP.OUTPUT" get latest make x
refused "is Completed already" cancel latest
# What the parser itself refuses: the option as it was typed, in words of ours.
refused "-j needs a value: -j N; see \`mlpipe run --help\`" run p.yaml -j
refused "--jobs needs a value: --jobs N" run p.yaml --jobs
refused "-p needs a value: -p NAME=VALUE" run p.yaml -p
refused "STEP.OUTPUT is missing: an output of a step, such as train.model" get latest
refused "--json takes no value" run p.yaml --json=maybe
refused "--csv and --json cannot be used together" metrics --csv --json
refused "RUN was given too often: at most 2" diff latest latest latest
refused "--color: expected one of auto, always, never, not 'alwys' (did you mean 'always'?)" runs --color alwys
for number in x 0 -5 1.5 99999999999; do
  refused "-n: expected a whole number, at least 1, not '$number'" runs -n $number
done
refused "--attempt: expected a whole number, at least 1, not '0'" logs latest make --attempt 0
refused "--tail: expected a whole number, at least 0, not '-1'" logs latest make --tail -1
# Two options that do not go together are told alike by every command.
refused "--json and --follow cannot be used together" logs latest --json -f
refused "--json and --format dot cannot be used together" graph p.yaml --json --format dot
refused "-o - and --json cannot be used together" report -o - --json
refused "--stream and --json cannot be used together" run p.yaml --stream make --json
refused "--shell and --json cannot be used together" run p.yaml --only make --shell --json
# A step or file that is not there: what there is instead.
refused "the pipeline has no step 'xyz'; it has make" run p.yaml --only xyz
run=$(ask_run latest "run['run_id']")
refused "run $run has no step 'xyz'; it has make" show latest xyz
refused "cannot read the pipeline file '$work/p.yml': there is no such file (did you mean 'p.yaml'?)" why ./p.yml
refused "run $run has no metric 'loss'; there are none" metrics latest --name loss
# Nothing in a name acts on the terminal.
refused "unknown command 'a\\x1b[31m'" $'a\x1b[31m'
refused "cannot read the pipeline file '$work/\\x1b[31m.yaml'" run $'\x1b[31m.yaml'
