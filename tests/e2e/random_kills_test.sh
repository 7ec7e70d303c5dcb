#!/usr/bin/env bash
# Killed at twenty random moments, the workspace stays sound and the work gets done.
. "$(dirname "$0")/running.sh"

mkdir code
cat >code/make.sh <<'S'
sleep "0.0$1"; cat /dev/null "${@:2}"; echo "$1"
S
{
  echo 'steps:'
  for i in {1..9}; do
    before=
    ((i == 1)) || before="{before: \"\${{steps.s$((i / 2)).outputs.o}}\"}"
    echo "  s$i:"
    echo "    source_directory: code"
    echo "    command: 'bash make.sh $i ${before:+\${{inputs.before\}\}} > \${{outputs.o}}'"
    echo "    inputs: ${before:-{\}}"
    echo "    outputs: {o: {type: uri_file}}"
  done
} >p.yaml
RANDOM=4711
for ((round = 0; round < 20; ++round)); do
  echo "$round" >code/round  # so that all of it is due again
  start run run p.yaml
  sleep "0.$(printf %03d $((RANDOM % 450)))"
  kill -KILL "$driver" 2>/dev/null || true
  wait "$driver" 2>/dev/null || true
  wait_until 2 no_step_processes
done
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_sound_database
expect_equal "$(ask_run latest "{s['status'] for s in steps.values()}")" "{'Completed'}"
expect_code 0 mlpipe get latest s9.o got
expect_equal "$(paste -sd' ' got/*)" "1 2 4 9" "what came out"
[[ ! -e .mlpipe/quarantine ]] || fail "an object was damaged"
expect_equal "$(($(find .mlpipe/work -mindepth 1 -maxdepth 1 | wc -l) <= 11))" 1 "few kept directories"
