#!/usr/bin/env bash
# TERM and 'mlpipe cancel': 143, and the run is Canceled.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  done: {command: 'echo x > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}}
  long:
    command: 'sleep 1000 & setsid sleep 1000 & $(trace long); sleep 1000'
    inputs: {o: "\${{steps.done.outputs.o}}"}
  below: {command: 'true', depends_on: [long]}
Y
for way in signal command; do
  rm -f traces
  start run run p.yaml
  wait_until 20 has_trace long
  if [[ $way == signal ]]; then
    kill -TERM "$driver"
  else
    wait_until 20 step_status_is long Running
    expect_code 0 mlpipe cancel latest
  fi
  expect_end 143 "$driver"
  no_step_processes || fail "left: $(step_processes)"
  expect_equal "$(ask_run latest "run['status'], steps['long']['status']")" "('Canceled', 'Canceled')"
done
expect_code 2 mlpipe cancel latest
