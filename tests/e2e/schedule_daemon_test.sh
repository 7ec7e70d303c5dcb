#!/usr/bin/env bash
# The daemon ticks without cron, sees new schedules, and ends with a signal. A clock that runs ahead makes due what is.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'Y'
steps: {s: {command: "echo done >${{outputs.o}}", outputs: {o: {type: uri_file, path: made.txt}}}}
Y
"$MLPIPE" schedule daemon >daemon.out 2>daemon.err &
daemon=$!
background+=("$daemon")
expect_code 0 mlpipe schedule create nightly --spec p.yaml --cron '0 3 * * *'
/usr/bin/python3 -c 'import sqlite3
d = sqlite3.connect(".mlpipe/mlpipe.db", timeout=60)
d.execute("UPDATE schedules SET created = created - 172800000000, settled = settled - 172800000000"); d.commit()'
wait_until 30 test -e made.txt
expect_code 0 mlpipe schedule list
! grep -q "nobody" out || fail "the daemon is not seen: $(cat out)"
# What it started and has ended is let go of: a daemon lives for months.
ended_children() { ps -o stat= --ppid "$daemon" | grep -c '^Z' || true; }
no_ended_child() { [[ $(ended_children) == 0 ]]; }
wait_until 20 no_ended_child
kill -TERM "$daemon"
wait "$daemon" || fail "the daemon ended with $?: $(cat daemon.err)"
grep -q "schedule 'nightly', due .*: submitted, run" daemon.out || fail "daemon said: $(cat daemon.out)"
expect_file daemon.err ""

library=$(find /usr/lib -name 'libfaketime.so.1' 2>/dev/null | head -1)
symbols=$(nm -D "$MLPIPE" 2>/dev/null)
if [[ -n $library && ! $symbols =~ __[at]san_init ]]; then
  count() { mlpipe runs --json | grep -c '"run_id"'; }
  before=$(count)
  expect_code 0 env NO_FAKE_STAT=1 FAKETIME=+1d LD_PRELOAD="$library" "$MLPIPE" schedule tick
  day=$(date -u +%F)
  ((10#$(date -u +%H) < 3)) || day=$(date -u -d "$day +1 day" +%F)
  expect_out "due ${day}T03:00:00Z: submitted"
  expect_equal "$(count)" $((before + 1)) "runs with a clock ahead"
  expect_code 0 mlpipe schedule tick
  expect_equal "$(count)" $((before + 1)) "runs when the clock is right again"
fi
