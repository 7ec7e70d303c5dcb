#!/usr/bin/env bash
# A pipeline that is edited between the look at what the last plan saw and the reading of the pipeline: what the last
# plan came to is not taken for that of other steps.
. "$(dirname "$0")/changes.sh"

settle
date +%N >>beside/z  # so that it is planned
remembered=$(echo "$PWD"/.mlpipe/cache/pipelines/*)
[[ -f $remembered ]] || fail "no pipeline is remembered: $remembered"
strace -f -qq -o trace -P "$remembered" -e trace=openat -e inject=openat:signal=SIGSTOP:when=1 "$MLPIPE" run p.yaml >out 2>&1 &
traced=$!
background+=("$traced")
for ((i = 0; i < 1000; ++i)); do
  grep -qs "stopped by SIGSTOP" trace && break
  kill -0 $traced 2>/dev/null || break
  sleep 0.02
done
grep -q "stopped by SIGSTOP" trace || fail "it was not stopped: $(cat trace out)"
sed 's|cat deep/x >|cat deep/x deep/x >|' p.yaml >edited && mv edited p.yaml
driver=$(ps --ppid $traced -o pid= | xargs)
background+=("$driver")
while kill -0 $traced 2>/dev/null; do
  kill -CONT "$driver" 2>/dev/null || true
  sleep 0.05
done
wait $traced || fail "it ended with $?: $(cat out)"
expect_equal "$(executed)" "a b z" "steps of the edited pipeline"
run
expect_equal "$(executed)" "" "steps once more"
