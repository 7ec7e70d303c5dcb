#!/usr/bin/env bash
# If the driver that executes a step fails, or is killed, the one that waits for it runs the step.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  s: {command: '$(trace s); $(until_go s); test -e $work/well'}
Y
start one run p.yaml
one=$driver
wait_until 20 has_trace s
start two run p.yaml
wait_until 20 grep -q "waits for run" two.err
go s
expect_end 1 "$one"
expect_end 1 "$driver"
expect_traces "s s"

rm go-s traces
start one run p.yaml
one=$driver
wait_until 20 has_trace s
start two run p.yaml
wait_until 20 grep -q "waits for run" two.err
touch well
kill -KILL "$one"
expect_end 137 "$one"
go s
expect_end 0 "$driver"
expect_traces "s s"
