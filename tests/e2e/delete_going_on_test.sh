#!/usr/bin/env bash
# A run that goes on is not deleted, and the message says how to end it; one whose driver died is.
. "$(dirname "$0")/running.sh"
cat >p.yaml <<Y
steps: {long: {command: '$(trace long); sleep 1000'}}
Y
start run run p.yaml
wait_until 20 has_trace long
id=$(ask_run latest "run['run_id']")
expect_code 2 mlpipe delete latest --yes && expect_err "it is running" && expect_err "mlpipe cancel $id"
mlpipe cancel latest --json | grep -q '"status": "CancelRequested"' || fail "cancel --json"
expect_end 143 "$driver"
expect_code 0 mlpipe delete "$id" --yes

start run run p.yaml
wait_until 20 step_status_is long Running
kill -KILL "$driver" && wait "$driver" || true
wait_until 20 no_step_processes
expect_equal "$(ask_run latest "run['status']")" NotResponding
expect_code 0 mlpipe runs --status NotResponding && expect_out NotResponding
expect_code 0 mlpipe delete latest --yes
expect_sound_database
