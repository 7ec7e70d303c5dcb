#!/usr/bin/env bash
# While it runs: show has the statuses, logs -f prints and ends with the run.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  talk: {command: 'echo first words; $(trace talk); $(until_go talk); echo last words'}
  then: {command: 'echo then', depends_on: [talk]}
Y
start run run p.yaml
run=$driver
wait_until 20 has_trace talk
wait_until 20 step_status_is talk Running
start logs logs latest -f
wait_until 20 grep -q "first words" logs.out
expect_code 0 mlpipe show
expect_out Running
go talk
expect_end 0 "$run"
expect_end 0 "$driver"
grep -q "last words" logs.out || fail "the last words are missing"
grep -q "^then" logs.out || fail "the second step's log is missing"
