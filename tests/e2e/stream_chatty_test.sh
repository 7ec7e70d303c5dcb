#!/usr/bin/env bash
# run --stream: a step that writes faster than anybody prints does not hold up the run: its time-out and Ctrl-C work.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<'Y'
steps:
  fast: {command: 'yes "a line" | head -c 60000000; echo; echo "the end"; sleep 100', limits: {timeout: 2}}
  endless: {command: 'head -c 60000000 /dev/zero | tr "\0" "\n"; touch $HOME/written; sleep 100', pass_environment: [HOME]}
Y
export HOME=$work
expect_code 1 timeout -s KILL 60 "$MLPIPE" run p.yaml --stream fast --only fast
expect_err "step 'fast' failed: timed out after 2 s"
grep -qxE '\[\.\.\. [0-9.]+ MB skipped: `mlpipe logs [^ ]+ fast` has all\]' err || fail "what is skipped is not told"
grep -qx "the end" err || fail "the last line is missing"
command=$(sed -n 's/^\[.*`mlpipe \(.*\)` has all\]/\1/p' err)
# shellcheck disable=SC2086  # words on purpose
(($(mlpipe $command | wc -c) >= 60000000)) || fail "\`mlpipe $command\` does not show all"

start run run p.yaml --stream endless --only endless
wait_until 30 test -e written
kill -INT "$driver"
wait_until 30 grep -q "endless  *Canceled" run.err
code=0
wait "$driver" || code=$?
expect_equal "$code" 130 "exit code after Ctrl-C"
