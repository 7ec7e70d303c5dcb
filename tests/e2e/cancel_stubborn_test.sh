#!/usr/bin/env bash
# Processes that ignore TERM are killed after the grace period; a second Ctrl-C does it at once.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  a: {command: 'trap "" TERM; (trap "" TERM; setsid sleep 1000) & $(trace ready); sleep 1000; sleep 1000'}
Y
start run run p.yaml
wait_until 20 has_trace ready
kill -INT "$driver"
expect_end 130 "$driver"
no_step_processes || fail "left: $(step_processes)"

rm traces
start run run p.yaml
wait_until 20 has_trace ready
kill -INT "$driver"
wait_until 20 grep -q "asked to end" run.err
began=$(date +%s%N)
kill -INT "$driver"
expect_end 130 "$driver"
took=$((($(date +%s%N) - began) / 1000000))
((took < 4000)) || fail "the second Ctrl-C took $took ms"
no_step_processes || fail "left: $(step_processes)"
