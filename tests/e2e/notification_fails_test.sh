#!/usr/bin/env bash
# Notifications that fail, hang or are cut off: the run neither waits nor fails, and they are sent again.
. "$(dirname "$0")/notifications.sh"
start_server
echo 'steps: {a: {command: date}}' >plain.yaml
told_by() {  # told_by "VALUE OF on_success" >p.yaml
  printf 'on_success: %s\nsteps: {a: {command: date}}\n' "$1"
}

# 500 twice, then 200: the same event three times.
told_by "$url/hook-twice/SECRET" >p.yaml
expect_code 0 mlpipe run p.yaml
expect_error "the server answers 500"
expect_states due
expect_code 0 mlpipe show latest
expect_out "after 1 attempt: cannot send to '127.0.0.1:"
! grep -q SECRET out || fail "the address was shown"
expect_code 0 mlpipe show latest --json
expect_schema show
skip_delay
expect_attempts 2
wait_until 20 has_requests 2
expect_error "the server answers 500"
skip_delay
expect_states sent
expect_equal "$(posted | sort -u | wc -l) $(posted | wc -l)" "1 3" "events"
wait_until 20 no_deliverer

# A slow webhook: the run is over at once, and holds neither a pipe nor an open file of its caller's.
told_by "$url/hook-go/a" >p.yaml
exec {held}>held.lock
flock "$held"
timeout 30 "$MLPIPE" run p.yaml 2>&1 | timeout 30 cat >piped || fail "the run waited for its webhook"
exec {held}>&-
wait_until 20 has_requests 4
flock -n held.lock true || fail "a file of the caller's is still open"
expect_equal "$(states)" due
expect_code 0 mlpipe show latest
expect_out "is being sent"

# Its deliverer is killed: the next run, of whichever pipeline, starts another one.
run=$(ask_run latest "run['run_id']")
end_deliverers
wait_until 20 no_deliverer
touch served/.go
skip_delay
expect_code 0 mlpipe run plain.yaml
expect_states sent "$run"
expect_attempts 2 "$run"

# Commands that fail and that hang; nobody answers at an address. The others are told all the same.
told_by "[{command: 'echo no such luck >&2; exit 5'}, {webhook: 'http://127.0.0.1:1/'}, {webhook: '\${NOT_SET}'}, cat >told]" >p.yaml
expect_code 0 mlpipe run p.yaml
expect_states "due due due sent"
expect_error "exit code 5: no such luck"
expect_code 0 mlpipe show latest --json
expect_out "nothing answers there"
expect_out "NOT_SET is not set"
end_deliverers
told_by "touch $work/began; sleep 1000" >p.yaml
began=$SECONDS
expect_code 0 mlpipe run p.yaml
((SECONDS - began < 30)) || fail "the run waited for its command"
