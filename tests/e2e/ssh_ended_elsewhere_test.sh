#!/usr/bin/env bash
# A step that somebody else ends over there has failed; the run does not pass for a completed one.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<Y
steps:
  s: {compute_target: a, command: "echo begun >$work/begun; sleep 60; echo x >\${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  t: {inputs: {o: "\${{steps.s.outputs.o}}"}, command: "true"}
Y
"$MLPIPE" run p.yaml >run.log 2>&1 </dev/null &
driver=$!
wait_until 30 test -e begun
job=$(echo "$(remote_root a)"/jobs/*)
printf term >"$job/end"  # as a helper that another driver asked to
code=0
wait "$driver" || code=$?
expect_equal "$code" 1 "exit code of a run whose step was ended elsewhere"
grep -qx "step 's' failed on compute target 'a': canceled" run.log || fail "the step is not named: $(cat run.log)"
expect_equal "$(ask_run latest "(run['status'], steps['s']['status'], steps['t']['status'])")" "('Failed', 'Failed', 'Skipped')" "how they ended"
