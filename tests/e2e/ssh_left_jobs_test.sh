#!/usr/bin/env bash
# A driver is killed while its step runs on a machine behind SSH, and no later run does the same work: the next run names the
# step and the command that ends it; that command ends it. A job that nobody watches ends by itself after `orphan_timeout`.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<Y
parameters: {word: one}
steps:
  there:
    compute_target: a
    command: "$(trace 'began-${{parameters.word}}'); $(until_go '${{parameters.word}}'); echo \${{parameters.word}} >\${{outputs.o}}"
    outputs: {o: {type: uri_file}}
Y
echo "steps: {here: {command: 'true'}}" >here.yaml
nobody_named() { ! grep -hF "has no mlpipe any more" "$@" || fail "a job is named that is none's any more"; }
go two
start first run p.yaml
wait_until 30 has_trace began-one
kill -KILL "$driver"
wait "$driver" || true
first=$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
says="step 'there' of run $first, which has no mlpipe any more,"

# Its own page, plan and doctor name it; none of them asks the machine.
expect_code 0 mlpipe show "$first"
expect_out "left there  step 'there' may still run on compute target 'a': \`mlpipe cancel $first\` ends it"
expect_code 0 mlpipe show "$first" --json
expect_schema show
expect_equal "$(ask_run "$first" "run['left_jobs']")" "[{'compute_target': 'a', 'step': 'there'}]" "the jobs that the run left"
expect_code 0 mlpipe plan here.yaml
expect_err "$says may still run on compute target 'a': \`mlpipe cancel $first\` ends it"
COLUMNS=400 expect_code 0 mlpipe plan p.yaml
nobody_named err
takes_up="run $first left it on compute target 'a': if it still runs there, or has ended well, \`mlpipe run\` takes it up"
expect_out "$takes_up"
expect_code 0 mlpipe why p.yaml there
expect_out "$takes_up"
expect_code 0 mlpipe plan p.yaml --json
expect_schema plan
expect_code 0 mlpipe plan p.yaml --regenerate-outputs
! grep -qF "takes it up" out || fail "a run that does all anew takes nothing up: $(cat out)"
expect_code 0 mlpipe doctor
expect_out "what may still run on other machines is named below (jobs elsewhere)"
! grep -qF "nothing needs to be cleaned up" out || fail "doctor says that nothing is left: $(cat out)"
expect_out "step 'there' of run $first may still run on compute target 'a'"
expect_out "\`mlpipe cancel $first\` ends it"

# A run that does not go there says that it may run; one that does has asked. A run that takes it up says nothing.
expect_code 0 mlpipe run here.yaml
expect_err "$says may still run on compute target 'a': \`mlpipe cancel $first\` ends it"
expect_code 0 mlpipe run p.yaml -p word=two
expect_err "$says still runs on compute target 'a': \`mlpipe cancel $first\` ends it"
expect_err "7 d"

# A run that wants to do the same work anew cannot, and the job is still the first one's.
expect_code 1 mlpipe run p.yaml --regenerate-outputs
expect_err "$says still runs on compute target 'a'"
expect_err "another run does the same work on this machine just now"

# While its machine is away it cannot be ended, and that is said; `show` says what is left.
expect_equal "$(ask_run "$first" "run['status'], steps['there']['may_still_run_on']")" "('NotResponding', 'a')" "what is left of the first run"
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
expect_code 3 timeout -k 2 60 "$MLPIPE" cancel "$first"
expect_err "what run $first left on another machine could not be ended, so it stays NotResponding: compute target 'a': connection refused: nothing listens on port "
expect_err "cancel it again once that can be done"
expect_equal "$(ask_run "$first" "run['status'], steps['there']['may_still_run_on']")" "('NotResponding', 'a')" "what is left of the first run"
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a

# It is ended, and then nobody names it any more.
expect_code 0 mlpipe cancel "$first"
expect_out "step 'there' was ended on compute target 'a'"
wait_until 30 no_steps_on a
expect_out "run $first is Canceled"
expect_equal "$(ask_run "$first" "run['status'], run['finished'] is not None, steps['there']['status'], steps['there']['attempts'][0]['status']")" \
  "('Canceled', True, 'Canceled', 'Canceled')" "how it ended"
expect_equal "$(ask_run "$first" "steps['there']['may_still_run_on']")" None "where it may still run"
expect_code 2 mlpipe cancel "$first"
expect_err "it is Canceled already"
expect_code 0 mlpipe run p.yaml -p word=two --regenerate-outputs
nobody_named out err
expect_code 0 mlpipe doctor
! grep -F "may still run" out || fail "doctor names a job that was ended"
expect_code 0 mlpipe show "$first"
! grep -F "left there" out || fail "show names a job that was ended"

# One that ended by itself is not named; and what is taken up belongs to the run that did.
start third run p.yaml -p word=three
wait_until 30 has_trace began-three
kill -KILL "$driver"
wait "$driver" || true
start fourth run p.yaml -p word=three
wait_until 30 grep -q "is gone on with" fourth.out fourth.err
go three
expect_end 0 "$driver"
nobody_named fourth.out fourth.err
third=$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][1]["run_id"])')
expect_code 2 mlpipe cancel "$third"

# Nobody watches: it ends. Somebody does: it goes on, for longer than that.
sed -i 's/type: ssh,/type: ssh, orphan_timeout: 2s,/' mlpipe.yaml
start fifth run p.yaml -p word=five
wait_until 30 has_trace began-five
fifth=$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
sleep 4  # longer than the timeout
kill -0 "$driver" || fail "a job that is watched ended: $(cat fifth.out fifth.err)"
kill -KILL "$driver"
wait "$driver" || true
wait_until 30 no_steps_on a
job_is_over() {
  "$MLPIPE" run p.yaml -p word=two --regenerate-outputs >over.log 2>&1 && ! grep -q "has no mlpipe any more" over.log
}
wait_until 30 job_is_over
ended="was ended on compute target 'a', since no mlpipe had watched it for 2.0 s (\`orphan_timeout\`)"
grep -qF "step 'there' of run $fifth $ended" over.log || fail "it is not told that it was ended: $(cat over.log)"
COLUMNS=400 expect_code 0 mlpipe show "$fifth"
expect_out "it $ended"
# So is that of the same work, which begins anew.
start again run p.yaml -p word=seven
wait_until 30 has_trace began-seven
kill -KILL "$driver"
wait "$driver" || true
wait_until 30 no_steps_on a
go seven
ended_there() { grep -rqF orphan_timeout "$(remote_root a)"/jobs/*/result; }
wait_until 30 ended_there
expect_code 0 mlpipe run p.yaml -p word=seven
expect_err "$ended"
expect_equal "$(grep -c began-seven traces)" 2 "how often it began"

# For scripts.
sed -i 's/, orphan_timeout: 2s//' mlpipe.yaml
start sixth run p.yaml -p word=six
wait_until 30 has_trace began-six
kill -KILL "$driver"
wait "$driver" || true
if no_steps_on a; then fail "the step ended with its mlpipe"; fi
sixth=$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
expect_code 0 mlpipe cancel "$sixth" --json
python3 - "$sixth" "$REPOSITORY/schemas/cancel.schema.json" <<'PY'
import json, sys
said, schema = json.load(open("out")), json.load(open(sys.argv[2]))
assert (said["run_id"], said["status"]) == (sys.argv[1], "Canceled"), said
assert set(said) == set(schema["required"]), said
assert said["status"] in schema["properties"]["status"]["enum"], said
PY
wait_until 30 no_steps_on a
