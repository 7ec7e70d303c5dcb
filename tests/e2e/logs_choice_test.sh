#!/usr/bin/env bash
# logs: one attempt, one stream (then raw bytes), the last lines; why nothing is printed; --json lists the files.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  again: {command: "echo attempt $MLPIPE_ATTEMPT; echo oops $MLPIPE_ATTEMPT >&2; [ $MLPIPE_ATTEMPT = 3 ]", retry: {max_retries: 2, delay: 0}}
  bytes: {command: "printf 'a\\0b\\377no end'; seq 3 >&2"}
  silent: {command: "true"}
  fails: {command: "exit 3", depends_on: [bytes]}
  after: {command: "true", depends_on: [fails]}
END
expect_code 1 mlpipe run p.yaml --continue-on-step-failure

expect_code 0 mlpipe logs latest again --attempt 2
expect_equal "$(cat out)" $'==> again, attempt 2 <==\nattempt 2\n\n==> again, attempt 2 (stderr) <==\noops 2' "attempt 2"
expect_code 0 mlpipe logs latest again --attempt 2 --stderr && expect_file out "oops 2"
expect_code 0 mlpipe logs latest again --stdout && expect_file out "attempt 3"  # the newest
expect_code 0 mlpipe logs latest again --stdout --stderr && expect_out "==> again, attempt 3 (stderr) <=="
expect_code 2 mlpipe logs latest again --attempt 4 && expect_err "has no attempt 4: there are 1, 2, 3"
expect_code 2 mlpipe logs latest bytes --attempt 2 && expect_err "there is only attempt 1"
expect_code 2 mlpipe logs latest after --attempt 1 && expect_err "it never ran"
expect_code 2 mlpipe logs latest --attempt 1 && expect_err "--attempt 1 needs a step: "
expect_code 2 mlpipe logs latest again --attempt none && expect_code 2 mlpipe logs latest again -n -1

expect_code 0 mlpipe logs latest bytes --stdout
printf 'a\0b\377no end' | cmp - out || fail "not the bytes as they are"
for lines in 0 1 2 3 9; do
  expect_code 0 mlpipe logs latest bytes --stderr -n $lines && diff out <(seq 3 | tail -n $lines) || fail "-n $lines"
done
expect_code 0 mlpipe logs latest bytes --stdout --tail 1 && printf 'a\0b\377no end' | cmp - out
expect_code 0 mlpipe logs latest --tail 1 --stderr && expect_out "==> bytes (stderr) <==" && expect_out "==> again, attempt 2 (stderr) <=="
! grep -qx 2 out || fail "--tail 1 printed two lines"

expect_code 0 mlpipe logs latest silent && expect_err "step 'silent' wrote nothing" && expect_file out ""
expect_code 0 mlpipe logs latest fails --stderr && expect_err "step 'fails' wrote nothing to stderr"
expect_code 0 mlpipe logs latest after && expect_err "step 'after' never ran: Skipped, step 'fails' did not succeed"

expect_code 0 mlpipe logs latest --json && expect_schema logs
expect_code 0 mlpipe logs latest bytes --json --stderr && expect_schema logs
/usr/bin/python3 -c '
import json, os
log, = json.load(open("out"))["logs"]
assert log["bytes"] == 6 and open(log["path"]).read() == "1\n2\n3\n" and log["stream"] == "stderr", log' || fail "$(cat out)"
expect_code 2 mlpipe logs latest --json -f && expect_err "--json"

# A follower with --tail prints the last lines, then what comes; also of a later attempt, from its beginning.
cat >q.yaml <<END
steps: {slow: {command: "seq 5; [ \$MLPIPE_ATTEMPT = 2 ] || { until test -e $work/go; do sleep 0.02; done; echo new; exit 1; }", retry: {max_retries: 1, delay: 0}}}
END
"$MLPIPE" run q.yaml >q.out 2>&1 & background+=($!)
said_five() { mlpipe logs latest slow --stdout | grep -qx 5; }
wait_until 20 said_five
"$MLPIPE" logs latest slow --stdout -f -n 1 >followed & background+=($!)
wait_until 20 grep -qx 5 followed
touch go
wait "${background[-1]}"
expect_equal "$(paste -sd' ' followed)" "5 new 1 2 3 4 5" "what was followed"
