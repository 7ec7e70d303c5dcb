#!/usr/bin/env bash
# On a terminal a live line shows what the running step said last, on stdout or stderr; NO_COLOR takes only colours away.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || skip "needs script (bsdutils)"
export HOME=$work
cat >p.yaml <<'END'
parameters: {n: 1}
steps:
  slow: {command: "printf 'first\\nepoch 0\\repoch ${{parameters.n}} of 9' >&${{parameters.n}}; until [ -e $HOME/go ]; do sleep 0.05; done; echo done"}
END
watch_run() {  # watch_run N ENVIRONMENT…: run on a terminal until its live line was seen
  rm -f go typescript
  env TERM=xterm "${@:2}" script -qefc "'$MLPIPE' run p.yaml -p n=$1" typescript >/dev/null 2>&1 </dev/null & background+=($!)
  local run=$!
  wait_until 20 grep -qaE "slow .* s  epoch $1 of 9" typescript
  wait_until 20 grep -qa "0 of 1 steps, 1 running" typescript
  touch go
  wait "$run" || fail "code $?: $(cat typescript)"
}
watch_run 1
grep -qa $'\x1b\\[32m' typescript || fail "no colours on a terminal"
grep -qa $'\x1b\\[.A' typescript || fail "the live line is not redrawn in place"
tail -c 200 typescript | grep -qa "1 ran, 0 reused" || fail "no last line"
watch_run 2 NO_COLOR=1
! grep -qa $'\x1b\\[[0-9;]*m' typescript || fail "colours in spite of NO_COLOR"
