#!/usr/bin/env bash
# Cancelled while steps wait for a slot or for a retry: nothing of them starts any more.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
settings: {continue_on_step_failure: true}
steps:
  fails: {command: 'exit 1', retry: {max_retries: 5, delay: 1000}}
  long: {command: '$(trace long); sleep 1000'}
  queued: {command: '$(trace queued)'}
Y
start run run -j1 p.yaml
wait_until 20 has_trace long
kill -TERM "$driver"
expect_end 143 "$driver"
expect_traces long
expect_equal "$(ask_run latest "sorted(s['status'] for s in steps.values())")" \
  "['Canceled', 'Canceled', 'Canceled']"
