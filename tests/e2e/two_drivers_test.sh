#!/usr/bin/env bash
# Two drivers, one pipeline: each step is executed once, the second driver waits and then reuses.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  first: {command: '$(trace first); $(until_go first); echo x > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}}
  second: {command: '$(trace second); cat "\${{inputs.o}}"', inputs: {o: "\${{steps.first.outputs.o}}"}}
Y
start one run p.yaml
one=$driver
wait_until 20 has_trace first
wait_until 20 step_status_is first Running
holder=$(ask_run latest "run['run_id']")
start two run p.yaml
wait_until 20 grep -q "waits for run $holder, which does the same work" two.err
expect_equal "$(ask_run latest "steps['first']['status'], steps['first']['message']")" \
  "('Queued', 'waits for run $holder, which does the same work')"
go first
expect_end 0 "$one"
expect_end 0 "$driver"
expect_traces "first second"
expect_equal "$(ask_run latest "steps['first']['reused'], steps['first']['from_run'] == '$holder'")" \
  "(True, True)"
