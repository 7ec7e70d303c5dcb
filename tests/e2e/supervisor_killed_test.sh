#!/usr/bin/env bash
# kill -9 of the supervisor: the run fails with a clear word, and no process is left.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  a: {command: 'setsid sleep 1000 & $(trace a); $(until_go a)', retry: {max_retries: 3}}
  b: {command: '$(until_go a)', depends_on: [a]}
Y
start run run p.yaml
wait_until 20 has_trace a
kill -KILL "$(pgrep -P "$driver" -f supervise)"
expect_end 3 "$driver"
no_step_processes || fail "left: $(step_processes)"
grep -q "supervise) was killed" run.err || { cat run.err; fail "no clear message"; }
go a
expect_code 0 mlpipe run p.yaml
expect_executed "a b"
