#!/usr/bin/env bash
# Ctrl-C: 130, the whole tree gets TERM, finished steps are reused; statuses are seen from outside.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  done: {command: 'echo x > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}}
  long:
    command: 'sleep 1000 & setsid sleep 1000 & $(trace long); sleep 1000'
    inputs: {o: "\${{steps.done.outputs.o}}"}
  below: {command: 'true', depends_on: [long]}
Y
start run run p.yaml
wait_until 20 has_trace long
wait_until 20 step_status_is long Running
wait_until 20 step_status_is "done" Completed  # what reads an output starts before the record of it
expect_equal "$(ask_run latest "run['status'], steps['done']['status'], steps['below']['status']")" \
  "('Running', 'Completed', 'NotStarted')"
kill -INT "$driver"
expect_end 130 "$driver"
grep -qE "^Canceled in .*: 1 ran, 0 reused, 2 canceled \(run " run.out || fail "a canceled step counts as run: $(cat run.out)"
no_step_processes || fail "left: $(step_processes)"
expect_equal "$(ask_run latest "run['status'], [steps[n]['status'] for n in ('done', 'long', 'below')]")" \
  "('Canceled', ['Completed', 'Canceled', 'Canceled'])"
sed -i 's/sleep 1000/true/g' p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed "below long"
