#!/usr/bin/env bash
# logs: of all steps or one, by stream, of a failed attempt and of a reused step; -f follows a running one to its end.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  talk: {command: "echo to stdout; echo to stderr >&2"}
  slow: {command: "echo one; until [ -e $HOME/go ]; do sleep 0.05; done; echo two", allow_reuse: false}
  again: {command: "echo attempt $MLPIPE_ATTEMPT; [ $MLPIPE_ATTEMPT = 2 ]", retry: {max_retries: 1, delay: 0}}
END
export HOME=$work
mlpipe run p.yaml >run_out 2>run_err & background+=($!)
logged() { mlpipe logs latest "$@" | grep -q one; }
wait_until 20 logged slow
mlpipe logs latest slow -f >followed & background+=($!)
follower=$!
wait_until 20 grep -q one followed
! grep -q two followed || fail "slow ended too early"
touch go
wait_until 20 grep -q two followed
wait "$follower" || fail "logs -f ended with $?"
wait "${background[0]}" || fail "the run failed: $(cat run_err)"

expect_code 0 mlpipe logs latest
for text in "==> talk <==" "to stdout" "==> talk (stderr) <==" "to stderr" "attempt 1" "==> again, attempt 2 <==" "attempt 2"; do
  expect_out "$text"
done
expect_code 0 mlpipe run p.yaml && expect_executed slow
expect_code 0 mlpipe logs latest talk && expect_out "to stdout" && expect_out "to stderr"
expect_code 2 mlpipe logs latest tolk && expect_err "did you mean 'talk'?"
