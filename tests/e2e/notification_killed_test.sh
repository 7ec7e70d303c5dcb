#!/usr/bin/env bash
# kill -9 of a run: whoever on_failure names is told when the next command notices. Bad files are refused.
. "$(dirname "$0")/notifications.sh"

cat >p.yaml <<Y
on_success: touch good
on_failure: cat >>told
steps: {a: {command: 'echo \$\$ >>$work/began; sleep 1000'}}
Y
echo 'steps: {a: {command: date}}' >plain.yaml
killed_run() {
  rm -f began
  "$MLPIPE" run p.yaml >run.out 2>&1 &
  background+=($!)
  wait_until 20 test -s began
  kill -KILL "${background[-1]}"
  wait "${background[-1]}" 2>/dev/null || true
  ask_run latest "run['run_id']"
}
killed_run >id
expect_equal "$(states)" "waiting waiting"
[[ ! -e told ]] || fail "told before anybody noticed"
expect_code 0 mlpipe run plain.yaml
expect_states sent "$(cat id)"
cp told out
expect_schema notification
grep -q '"status":"NotResponding"' told || fail "the event: $(cat told)"
grep -q 'was killed' told || fail "the event: $(cat told)"

killed_run >id
expect_code 0 mlpipe gc
expect_states sent "$(cat id)"
killed_run >id
expect_code 0 mlpipe delete --yes "$(cat id)"
expect_states sent "$(cat id)"
expect_equal "$(wc -l <told)" 3
[[ ! -e good ]] || fail "a killed run was told as a good one"
