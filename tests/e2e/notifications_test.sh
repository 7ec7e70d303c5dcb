#!/usr/bin/env bash
# Whoever on_success and on_failure name is told, by a command or a webhook, of just the runs that ended so.
. "$(dirname "$0")/notifications.sh"
start_server
cat >p.yaml <<Y
parameters: {code: 0}
on_success:
  - '{ echo "\$MLPIPE_RUN_ID \$MLPIPE_STATUS \$PWD"; cat; } >told'
  - {webhook: "\${HOOK}/hook/SECRET"}
on_failure:
  - '{ echo "\$MLPIPE_RUN_ID \$MLPIPE_STATUS \$PWD"; cat; } >told'
  - {webhook: "\${HOOK}/hook/SECRET"}
steps: {a: {command: 'echo to stderr >&2; exit \${{parameters.code}}'}}
Y
export HOOK=$url
mkdir elsewhere
expect_code 0 env -C elsewhere "$MLPIPE" run ../p.yaml
expect_states "sent sent"
run=$(ask_run latest "run['run_id']")
expect_equal "$(head -1 told)" "$run Completed $work"
tail -n +2 told >out
expect_schema notification
expect_equal "$(/usr/bin/python3 -c 'import json; e = json.load(open("out")); print(e["id"], e["status"], e["steps"])')" \
  "$run.1 Completed {'failed': 0, 'ran': 1, 'reused': 0}"
posted >out
expect_schema notification
expect_equal "$(posted | wc -l)" 1
expect_equal "$(wc -l <served/.requests)" 1
[[ ! -e elsewhere/told ]] || fail "the command ran where the run was started"

# Nothing is left of the address that came from the environment, and of none more than the host is shown.
! grep -rqa "$url" .mlpipe || fail "what a variable held was kept"
expect_code 0 mlpipe show latest
expect_out '${HOOK}…'
! grep -q SECRET out || fail "the address was shown"
expect_code 0 mlpipe show latest --json
expect_schema show
! grep -q 'hook/SECRET' <(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["notifications"])') ||
  fail "the address was shown as JSON"

expect_code 0 mlpipe run p.yaml  # all reused
expect_states "sent sent"
tail -n +2 told >out
expect_schema notification
grep -q '"reused":1' told || fail "not told of a reused step"

expect_code 1 mlpipe run p.yaml -p code=3 --tag team=red
expect_states "sent sent"
expect_equal "$(head -1 told | cut -d' ' -f2)" Failed
tail -n +2 told >out
expect_schema notification
expect_equal "$(/usr/bin/python3 -c '
import json
e = json.load(open("out"))
print(e["failed_steps"][0]["step"], e["tags"], e["parameters"], e["message"].startswith("the step \x27a\x27 failed"))')" \
  "a {'team': 'red'} {'code': '3'} True"
expect_equal "$(posted | wc -l)" 3

# A run that is going on says who will be told; a canceled one has failed.
cat >long.yaml <<Y
on_success: date >good
on_failure: echo \$MLPIPE_STATUS >told
steps: {a: {command: 'touch $work/began; sleep 1000'}}
Y
"$MLPIPE" run long.yaml >run.out 2>&1 &
background+=($!)
wait_until 20 test -e began
expect_code 0 mlpipe show latest
expect_out "waits for the run's end"
expect_equal "$(states)" "waiting waiting"
kill -TERM "${background[-1]}"
code=0
wait "${background[-1]}" || code=$?
expect_equal "$code" 143 "exit code"
expect_states sent
expect_file told Canceled
[[ ! -e good ]] || fail "a canceled run was told as a good one"

# A run of a pipeline without notifications starts nothing.
echo 'steps: {a: {command: date}}' >plain.yaml
wait_until 20 no_deliverer
expect_code 0 mlpipe run plain.yaml
expect_equal "$(states)" ""
expect_code 0 mlpipe show latest
! grep -q notification out || fail "a run that tells nobody has a table of them"
