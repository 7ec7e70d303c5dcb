#!/usr/bin/env bash
# What a step on a machine behind SSH waits for is told: a GPU there, while another one has it. Neither that wait, nor what is sent
# to it or fetched from it, counts as its own time; a step that is taken up took as long as it ran, whoever watched.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
sed -i 's/host: a,/host: a, gpus: [3], max_concurrent_steps: 4,/' mlpipe.yaml
pipeline() {  # pipeline NAME GPUS: its step begins, and ends when it may
  cat >"$1.yaml" <<Y
parameters: {word: one}
steps:
  $1:
    compute_target: a
    resources: {gpus: $2}
    command: "$(trace "$1-\${{parameters.word}}"); $(until_go "$1-\${{parameters.word}}"); echo $1 >\${{outputs.o}}"
    outputs: {o: {type: uri_file}}
Y
}
pipeline holds 1
pipeline waits 1
seconds() { date -d "$(ask_run latest "$1")" +%s; }
start holder run holds.yaml
holder=$driver
wait_until 30 has_trace holds-one
start second run waits.yaml
wait_until 30 grep -qE "^  waits +Queued +waits for 1 GPU on compute target 'a'$" second.err
expect_equal "$(ask_run latest "steps['waits']['status'], steps['waits']['message'], steps['waits']['started'], run['status']")" \
  "('Queued', \"waits for 1 GPU on compute target 'a'\", None, 'Running')" "a step that waits"
expect_code 0 mlpipe show latest
grep -qE "^waits +Queued +a +waits for 1 GPU on compute target 'a'" out || fail "show: $(cat out)"
expect_code 0 mlpipe show latest waits
! grep -q "^took" out || fail "it took something before it began: $(cat out)"
expect_code 0 mlpipe show latest --json
expect_schema show
expect_code 0 mlpipe report latest -o waits.html
! has_trace waits-one || fail "it began beside the other one"

# It can be canceled, and then it never was there.
expect_code 0 mlpipe cancel latest
expect_end 143 "$driver"
expect_equal "$(ask_run latest "steps['waits']['status'], steps['waits']['started']")" "('Canceled', None)" "a step that was canceled while it waited"

# Once the other one ends it begins; and not before, also by what is recorded.
start third run waits.yaml --json
wait_until 30 grep -qF '"status":"Queued"' third.out || true
wait_until 30 step_status_is waits Queued
before=$(date +%s)
go holds-one
expect_end 0 "$holder"
wait_until 30 step_status_is waits Running
expect_equal "$(ask_run latest "steps['waits']['message']")" "" "what it waits for when it runs"
(($(seconds "steps['waits']['started']") >= before)) || fail "its wait counts as its time: $(ask_run latest "steps['waits']")"
(($(seconds "steps['waits']['attempts'][0]['started']") >= before)) || fail "its wait counts as its attempt's time"
go waits-one
expect_end 0 "$driver"

# Taken up: it has the time that it was there, in both runs' words.
start fourth run waits.yaml -p word=two
wait_until 30 has_trace waits-two
began=$(date +%s)
kill -KILL "$driver"
wait "$driver" || true
sleep 3  # that it takes
start fifth run waits.yaml -p word=two
wait_until 30 grep -q "is gone on with" fifth.err
expect_equal "$(ask_run latest "steps['waits']['status']")" Running "a step that is taken up"
(($(seconds "steps['waits']['started']") <= began)) || fail "it began when it was taken up: $(ask_run latest "steps['waits']")"
go waits-two
expect_end 0 "$driver"
[[ $(ask_run latest "steps['waits']['duration_seconds'] >= 3") == True ]] || fail "it took $(ask_run latest "steps['waits']['duration_seconds']")"
grep -qE "^  waits +Completed +on a: ([3-9]\.|[1-9][0-9])" fifth.err || fail "it is not told how long it took: $(cat fifth.err)"

# What is sent and fetched: 3 s each by this way.
printf 'Host a\n  ProxyCommand /usr/bin/python3 "%s/tests/support/slow_way.py" %%h %%p "%s/slow"\n' "$REPOSITORY" "$work" |
  cat - "$hosts/ssh_config" >with_slow_way
mv with_slow_way "$hosts/ssh_config"
touch slow
dd if=/dev/urandom of=table.csv bs=1M count=60 status=none
cat >moved.yaml <<'Y'
steps:
  copy:
    compute_target: a
    inputs: {table: {type: uri_file, path: table.csv}}
    command: "cp ${{inputs.table}} ${{outputs.copy}}; echo more >>${{outputs.copy}}"
    outputs: {copy: {type: uri_file, file_name: copy.csv, path: there.csv}}
  here:
    command: "wc -c <${{inputs.copy}} >${{outputs.o}}"
    inputs: {copy: "${{steps.copy.outputs.copy}}"}
    outputs: {o: {type: uri_file}}
Y
sed -i 's/, path: there.csv//' moved.yaml
expect_code 0 mlpipe run moved.yaml --stats
/usr/bin/python3 - <<'P'
import re
(row,) = re.findall(r"^  sending and fetching +([0-9.]+) s$", open("err").read(), re.M)
assert float(row) > 5, row
P
grep -q "sent table.csv to a" err && grep -q "fetched copy.csv from a" err || fail "nothing was sent and fetched for long: $(cat err)"
/usr/bin/python3 - "$(ask_run latest "run['duration_seconds']")" "$(ask_run latest "steps['copy']['duration_seconds']")" <<'P'
import re, sys
run, copy = map(float, sys.argv[1:])
took = {}
for line in open("err"):
    if match := re.match(r"  (copy|here) +Completed +(?:on a: )?([0-9.]+) (ms|s)$", line):
        took[match[1]] = float(match[2]) / (1000 if match[3] == "ms" else 1)
assert run > 6 and copy < 3 and took["copy"] < 3 and took["here"] < 3, (run, copy, took)
P
