#!/usr/bin/env bash
# What a step leaves running is ended before its outputs are looked at, and noted.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<'Y'
steps:
  leaves:
    command: >-
      exec 9> "${{outputs.o}}"; echo whole >&9;
      setsid bash -c 'trap "" TERM; (while :; do echo more >&9; sleep 0.1; done) & sleep 0.2' & wait;
      sleep 1000 &
    outputs: {o: {type: uri_file}}
  reads: {command: 'cat "${{inputs.o}}"', inputs: {o: "${{steps.leaves.outputs.o}}"}}
Y
expect_code 0 mlpipe run p.yaml
no_step_processes || fail "left: $(step_processes)"
expect_err "that it left running had to be ended"
[[ $(ask_run latest "steps['leaves']['attempts'][0]['lingering_processes']") -ge 2 ]] ||
  fail "lingering processes are not counted"
expect_code 0 mlpipe run p.yaml
expect_executed ""
