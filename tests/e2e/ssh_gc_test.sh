#!/usr/bin/env bash
# gc knows the stores of machines behind SSH: what no result refers to any more goes there too, and nothing else.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a b
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  make:
    compute_target: a
    command: "echo ${{parameters.word}} >${{outputs.o}}; [[ ${{parameters.word}} != bad ]]"
    outputs: {o: {type: uri_file, file_name: made.txt}}
Y
there() { find "$(remote_root a)/objects" -name made.txt -exec cat {} + | sort | paste -sd ' '; }
# Asked before there is anything of this workspace: nothing is left behind but the helper, for the next one who asks.
expect_code 0 mlpipe plan p.yaml
expect_code 0 mlpipe compute test a
workspaces() { find "$hosts/a.home/.cache/mlpipe/workspaces" -mindepth 1; }
nothing_there() { [[ -z $(workspaces) ]]; }
wait_until 30 nothing_there
# What a helper that was killed had is removed by the next one, a day later.
mkdir -p "$hosts/a.home/.cache/mlpipe/workspaces/none-yet-0123456789abcdef/objects"
expect_code 0 mlpipe compute test a
[[ $(workspaces) == *none-yet-0123456789abcdef/objects ]] || fail "another helper's place was removed: $(workspaces)"
rm -r "$hosts/a.home/.cache/mlpipe/workspaces/none-yet-0123456789abcdef"
for word in one two three; do expect_code 0 mlpipe run p.yaml -p word=$word; done
expect_equal "$(there)" "one three two" "what lies there"

# Nothing to do, then a deleted run, whose output goes; --dry-run only says so.
expect_code 0 mlpipe gc
expect_out "on compute target 'a': freed 0 B (0 objects)"
stays="what was sent there stays for a week after it was last used, whatever --older-than says"
! grep -qF "$stays" out || fail "it is told without --older-than: $(cat out)"
expect_code 0 mlpipe gc --older-than 1d --dry-run
expect_out "$stays"
expect_code 0 mlpipe gc --older-than 8d --dry-run
! grep -qF "$stays" out || fail "it is told where it does not differ: $(cat out)"
expect_equal "$(there)" "one three two" "what lies there after a gc that had nothing to do"
expect_code 0 mlpipe delete --yes "$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][1]["run_id"])')"
expect_code 0 mlpipe gc --dry-run
expect_out "(1 object)"
expect_equal "$(there)" "one three two" "what lies there after --dry-run"
expect_code 0 mlpipe gc
expect_out "(1 object)"
expect_equal "$(there)" "one three" "what lies there after its run was deleted"
expect_code 0 mlpipe run p.yaml -p word=one
expect_out "reused"
expect_code 0 mlpipe run p.yaml -p word=two
expect_out "1 ran"
expect_equal "$(there)" "one three two" "what was made anew"

# What a failed step left goes after a week.
expect_code 1 mlpipe run p.yaml -p word=bad
failed=$(find "$(remote_root a)/jobs" -mindepth 1 -maxdepth 1)
[[ -n $failed ]] || fail "the record of the failed step is not there"
expect_code 0 mlpipe gc
[[ -d $failed ]] || fail "the record of a step that just failed went"
grep -qE "the store there takes .*, 1 private directory of steps that did not complete [0-9.]+ k?B" out || fail "it is not counted: $(cat out)"
# Earlier if it is asked for, or its run is deleted; not what may just have been begun.
private=$(remote_root a)/work/$(basename "$failed")
expect_code 0 mlpipe gc --older-than 30m
[[ -d $failed && -d $private ]] || fail "what was just begun went"
find "$failed" "$private" -exec touch -h -d '2 hours ago' {} +
expect_code 0 mlpipe gc
[[ -d $failed && -d $private ]] || fail "what a run left that is not deleted went"
expect_code 0 mlpipe delete --yes latest
expect_code 0 mlpipe gc --dry-run
expect_out "0 objects, 1 private directory"
[[ -d $failed && -d $private ]] || fail "--dry-run removed something"
expect_code 0 mlpipe gc
[[ ! -d $failed && ! -d $private ]] || fail "what a deleted run left is still there"
expect_code 1 mlpipe run p.yaml -p word=bad
find "$failed" "$private" -exec touch -h -d '2 hours ago' {} +
python3 - <<'PY'
import sqlite3
with sqlite3.connect(".mlpipe/mlpipe.db") as database:
    database.execute("UPDATE runs SET started = started - 7200000000, finished = finished - 7200000000 WHERE key = (SELECT max(key) FROM runs)")
    database.execute("UPDATE step_runs SET started = started - 7200000000, finished = finished - 7200000000 WHERE run = (SELECT max(key) FROM runs)")
PY
expect_code 0 mlpipe gc --older-than 1h
[[ ! -d $failed && ! -d $private ]] || fail "what was left two hours ago is still there"
expect_code 1 mlpipe run p.yaml -p word=bad
find "$failed" "$(remote_root a)/work/$(basename "$failed")" -exec touch -h -d '8 days ago' {} +
expect_code 0 mlpipe gc --json
python3 -c 'import json, sys; e, = json.load(sys.stdin)["elsewhere"]; assert e["compute_target"] == "a" and e["directories"]["count"] == 1 and e["problem"] is None, e' <out
[[ ! -d $failed && ! -d $(remote_root a)/work/$(basename "$failed") ]] || fail "what a failed step left is still there"

# Helpers of other builds go once nobody started them for a week; one that runs stays, and so does the one in use.
helpers=$hosts/a.home/.cache/mlpipe/helpers
in_use=$(find "$helpers" -type f)
old=$helpers/0123456789abcdef0123456789abcdef
fresh=$helpers/1123456789abcdef0123456789abcdef
busy=$helpers/2123456789abcdef0123456789abcdef
for copy in "$old" "$old.77" "$fresh" "$busy"; do cp "$in_use" "$copy"; done
touch "$helpers/notes"
mkfifo driver
"$busy" serve "$work/busy" <driver >busy.says &
background+=("$!")
exec {driver}>driver
wait_until 30 test -s busy.says
touch -d '8 days ago' "$in_use" "$old" "$old.77" "$busy" "$helpers/notes"
expect_code 0 mlpipe gc --dry-run
expect_equal "$(find "$helpers" -type f | wc -l)" 6 "helpers after --dry-run"
expect_code 0 mlpipe gc
expect_equal "$(find "$helpers" -type f | sort)" "$(printf '%s\n' "$in_use" "$fresh" "$busy" "$helpers/notes" | sort)" "what is left of the helpers"
exec {driver}>&-

# A machine that was only sent something has no outputs, but what was sent goes there, too, a week after its last use.
echo "$work is sent" >data
cat >sent.yaml <<'Y'
inputs: {data: {type: uri_file, path: data}}
steps:
  fails: {compute_target: b, inputs: {data: "${{parent.inputs.data}}"}, command: "cat ${{inputs.data}}; exit 1"}
Y
expect_code 1 mlpipe run sent.yaml
sent() { find "$(remote_root b)/objects" -name data | wc -l; }
expect_equal "$(sent)" 1 "objects that were sent"
expect_code 0 mlpipe gc
expect_out "on compute target 'b': freed 0 B (0 objects)"
expect_equal "$(sent)" 1 "objects after a gc at once"
find "$(remote_root b)/objects" "$(remote_root b)/work" "$(remote_root b)/jobs" -exec touch -h -d '8 days ago' {} +
expect_code 0 mlpipe gc --dry-run
expect_equal "$(sent)" 1 "objects after --dry-run"
expect_code 0 mlpipe gc
expect_equal "$(sent)" 0 "objects after a week"
expect_equal "$(jobs_on b)" 0 "records after a week"

# A machine that is away is no reason to fail.
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
expect_code 0 timeout -k 2 60 "$MLPIPE" gc
expect_err "nothing was removed there: compute target 'a'"
