#!/usr/bin/env bash
# kill -9 of the driver: no process is left, the run is NotResponding, the next one goes on.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  done: {command: '$(trace first); echo x > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}}
  long:
    command: 'sleep 1000 & setsid sleep 1000 & $(trace long); $(until_go long)'
    inputs: {o: "\${{steps.done.outputs.o}}"}
Y
start run run p.yaml
wait_until 20 has_trace long
wait_until 20 step_status_is long Running
kill -KILL "$driver"
wait_until 2 no_step_processes
expect_end 137 "$driver"
expect_equal "$(ask_run latest "run['status'], steps['long']['status']")" \
  "('NotResponding', 'NotResponding')"
killed=$(ask_run latest "run['run_id']")
go long
expect_code 0 mlpipe run p.yaml
expect_executed "long"
expect_traces "first long long"
expect_equal "$(ask_run "$killed" "run['status'], steps['done']['status'], steps['long']['status']")" \
  "('NotResponding', 'Completed', 'NotResponding')"
expect_sound_database
