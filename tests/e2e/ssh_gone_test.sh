#!/usr/bin/env bash
# A machine behind SSH that does not come back within `reconnect_timeout`: the run ends and says what to do. When it is
# there again, the next run goes on with the step; if the step died with the machine, it is run again.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
sed -i 's/type: ssh,/type: ssh, reconnect_timeout: 1s,/' mlpipe.yaml
cat >p.yaml <<Y
steps:
  there:
    compute_target: a
    command: "$(trace began); $(until_go on); echo made >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
sshd() { "$REPOSITORY/tests/support/sshd.sh" "$1" "$hosts" a; }
traces_are() { [[ $(wc -l <traces) == "$1" ]]; }

start first run p.yaml
wait_until 30 has_trace began
sshd stop
expect_end 3 "$driver"
grep -q "there      *Failed" first.err || fail "the step is not told as failed: $(cat first.err)"
grep -q "lost: connection refused: nothing listens on port .*(tried for 1 s; its steps go on over there, and the next run takes them up)" first.err ||
  fail "it does not say what to do: $(cat first.err)"
expect_equal "$(ask_run latest "run['status'], steps['there']['status']")" "('Failed', 'Failed')"
# It is no step that failed by itself: nothing is to be looked up in its directory, or tried by hand.
lost=$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
grep -qx "step 'there' may still run on compute target 'a'" first.err || fail "it does not say what is left: $(cat first.err)"
advice="the next run that needs the same work takes it up where it is; \`mlpipe cancel $lost\` ends it"
grep -qF "$advice" first.err || fail "it does not say what becomes of it: $(cat first.err)"
if grep -q "its directory is kept\|by hand, on this machine" first.err; then fail "it has advice for a step that failed: $(cat first.err)"; fi
for command in "show $lost" "show $lost there"; do
  COLUMNS=400 expect_code 0 mlpipe $command
  expect_out "may still run on compute target 'a': $advice"
done
expect_code 0 mlpipe report "$lost" -o report.html
grep -q "may still run on compute target" report.html || fail "the report does not say what is left"
expect_equal "$(ask_run "$lost" "steps['there']['may_still_run_on']")" a "where it may still run"
expect_code 0 mlpipe show "$lost" --json
cp out lost.json

# Still away: at once, and in plain words.
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_err "see that sshd runs over there, and correct \`port:\`"

# It is back; so is the step. The machine is lost a second time, and now all that ran there is, too.
sshd again
start second run p.yaml
wait_until 30 grep -q "begun by an earlier run" second.err
sshd stop
expect_end 3 "$driver"
kill -KILL "$(pgrep -f "^mlpipe-job keep $(remote_root a)")"
sshd again
start third run p.yaml
wait_until 30 traces_are 2
go on
expect_end 0 "$driver"
expect_file result made
expect_traces "began began"
expect_equal "$(ask_run "$lost" "steps['there']['may_still_run_on']")" None "where it may still run"
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
  /usr/bin/python3 - "$REPOSITORY/schemas/show.schema.json" <<'PY'
import json, sys
import jsonschema
jsonschema.validate(json.load(open("lost.json")), json.load(open(sys.argv[1])))
PY
fi

# What starts the steps there is killed while the machine can be reached: then nothing runs there any more, and nobody says so.
rm -f go-on traces
sed -i 's/echo made/echo again/' p.yaml
start fourth run p.yaml
wait_until 30 has_trace began
kill -KILL "$(pgrep -f "^mlpipe-job keep $(remote_root a)")"
expect_end 3 "$driver"
grep -q "there  *Failed.*lost: " fourth.err || fail "it is not told as lost: $(cat fourth.err)"
if grep -q "may still run" fourth.err; then fail "nothing runs there: $(cat fourth.err)"; fi
expect_equal "$(ask_run latest "steps['there']['may_still_run_on']")" None "where it may still run"
