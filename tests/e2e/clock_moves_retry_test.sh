#!/usr/bin/env bash
# The clock is set back a day while a step waits for its next attempt: that does not wait for a day, and nothing
# is told to have taken less than no time.
. "$(dirname "$0")/clock.sh"

cat >p.yaml <<Y
steps:
  s:
    command: '$(trace s); test -e $work/well'
    retry: {max_retries: 1, delay: 3}
Y
set_clock +0
start_with_moving_clock run run p.yaml
wait_until 20 grep -q "attempt 2 of 2 in 3.0 s" run.err
touch well
set_clock -1d
ended() { ! kill -0 "$driver" 2>/dev/null; }
wait_until 60 ended
expect_end 0 "$driver"
expect_traces "s s"
expect_code 0 mlpipe show latest
! grep -E -- '-[0-9.-]+ ms' "$work/out" run.err || fail "it took less than no time"
expect_equal "$(ask_run latest "min(run['duration_seconds'], steps['s']['duration_seconds'] or 0) >= 0")" True
