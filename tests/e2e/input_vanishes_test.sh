#!/usr/bin/env bash
# Inputs and sources that vanish: before the run, before their step starts, while it runs. Each is named, nothing
# is recorded that was not read whole, and the run completes once they are back.
. "$(dirname "$0")/running.sh"

mkdir src && echo 'cat "$1"; cat here' >src/use.sh && echo here >src/here
cat >p.yaml <<Y
steps:
  first: {command: '$(trace first); $(until_go first)'}
  use:
    source_directory: src
    script_name: use.sh
    arguments: ["\${{inputs.d}}"]
    inputs: {d: {type: uri_file, path: data}}
    depends_on: [first]
  slow:
    command: '$(trace slow); $(until_go slow); cat \${{inputs.d}} > \${{outputs.o}}'
    inputs: {d: {type: uri_file, path: other}}
    outputs: {o: {type: uri_file}}
Y
echo other >other
expect_code 2 mlpipe run p.yaml
expect_err "$work/data"
[[ ! -e traces ]] || fail "a step was started"

echo data >data
start run run -j2 p.yaml
wait_until 20 has_trace first
wait_until 20 has_trace slow
rm data other
rm -r src
go first
go slow
got=0
wait "$driver" || got=$?
[[ $got == 1 || $got == 3 ]] || fail "exit code $got"
grep -qF "$work/data" run.err || { cat run.err; fail "the lost input is not named"; }
grep -qF "$work/other" run.err || grep -q "slow" run.err || fail "the step whose input went is not named"

echo data >data && echo other >other && mkdir src && echo 'cat "$1"; cat here' >src/use.sh && echo here >src/here
expect_code 0 mlpipe run p.yaml
expect_equal "$(mlpipe logs latest use --stdout | paste -sd' ')" "data here"
expect_code 0 mlpipe get latest slow.o got
expect_file got/o other
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_sound_database
