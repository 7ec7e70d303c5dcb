#!/usr/bin/env bash
# Where a step runs and where its outputs lie is told: by plan, by the progress of a run, by show, the report and --json. A
# pipeline that stays here has nothing of it.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a b
cat >p.yaml <<Y
steps:
  make:
    compute_target: a
    command: "seq 10 >\${{outputs.big}}; echo x >\${{outputs.small}}"
    outputs: {big: {type: uri_file}, small: {type: uri_file, path: small.txt}}
  use:
    compute_target: b
    inputs: {big: "\${{steps.make.outputs.big}}"}
    command: "wc -l <\${{inputs.big}} >\${{outputs.n}}; until [[ -e $work/go ]]; do sleep 0.05; done"
    outputs: {n: {type: uri_file}}
  here: {command: "true"}
Y
row() { grep -E "^ *$1 " out || { cat out; fail "no row of $1"; }; }
expect_row() { row "$1" | grep -qE "$2" || { cat out; fail "the row of $1 is not as: $2"; }; }

expect_code 0 mlpipe plan p.yaml
expect_row make "^make +run +on a +first run"
expect_row use "^use +depends +on b +"
expect_row here "^here +run +first run"
expect_code 0 mlpipe plan p.yaml --json
expect_schema plan
expect_equal "$(/usr/bin/python3 -c '
import json
print([s["compute_target"] for s in json.load(open("out"))["steps"]])')" "['a', 'b', 'local']" "the plan's compute targets"
expect_code 0 mlpipe why p.yaml make
expect_out "make would run on a:"
expect_code 0 mlpipe why p.yaml make --json
expect_schema why

# Killed while `use` runs on b: the next run takes that up, and both say so.
"$MLPIPE" run p.yaml >first.out 2>first.err &
driver=$!
background+=("$driver")
wait_until 30 grep -qE "^  use +Running +on b: first run" first.err
is_recorded() { ask_run latest "[steps[name]['status'] for name in ('make', 'use')] == ['Completed', 'Running'] or 1 / 0"; }
wait_until 30 is_recorded
kill -KILL "$driver"
wait "$driver" 2>/dev/null || true
first=$("$MLPIPE" runs --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
touch go
expect_code 0 mlpipe run p.yaml
expect_err "it was begun by an earlier run ($first), and is gone on with"
second=$("$MLPIPE" runs --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
grep -qE "^  use +Completed +on b: " err || fail "the end does not say where it ran: $(cat err)"
expect_code 0 mlpipe show "$first"
expect_row use "^use +NotResponding .* b +run $second goes on with it"
expect_code 0 mlpipe show "$second"
expect_row use "^use +Completed .* b +it was never completed.*; begun by an earlier run \($first\)"
expect_row "make" "^make +Reused .*; it took .* on a"
expect_row "make.big" "^make.big +uri_file .* here, a$"
expect_row "make.small" "^make.small +uri_file .* here, a +$work/small.txt"
expect_row "use.n" "^use.n +uri_file .* b$"
expect_code 0 mlpipe show "$second" make
expect_row on "^on +a"
expect_row big " here, a$"
expect_code 0 mlpipe show "$second" use
expect_row 1 "Completed +b .* begun by an earlier run \($first\) "
expect_code 0 mlpipe show "$second" --json
expect_schema show
expect_equal "$(ask_run "$second" "[o['compute_targets'] for s in run['steps'] for o in s['outputs'] if o['name'] in ('big', 'n')]")" \
  "[['local', 'a'], ['b']]" "where the outputs lie"
expect_code 0 mlpipe report "$second" -o page.html
grep -q '<th scope="col">Lies on</th>' page.html || fail "the report does not say where outputs lie"
grep -q '<td>here, a</td>' page.html || fail "the report does not say where the output lies"
grep -q 'on b, begun by an earlier run' page.html || fail "the report does not say where the step ran"

# A machine that no target leads to any more goes by its own name.
sed -i '/^  b:/d' mlpipe.yaml
expect_code 0 mlpipe show "$second"
expect_row "use.n" " b ~/.cache/mlpipe "

# What fails over there says where.
cp p.yaml failing.yaml
sed -i 's/seq 10/exit 3; seq 10/; /^  use:/,$d' failing.yaml
expect_code 1 mlpipe run failing.yaml
grep -qE "^  make +Failed +on a: exit code 3" err || fail "the progress does not say where it failed: $(cat err)"
expect_err "step 'make' failed on compute target 'a': exit code 3"
# One gets to what it left.
there=$(sed -n 's/^  look at it there: //p' err)
echo 'pwd; ls' | bash -c "${there/ -t / -T }" >seen 2>&1 || fail "what is told does not lead there: $there: $(cat seen)"
[[ $(sed -n 's/^  its directory is kept: //p' err) == "a:$(head -1 seen)" ]] || fail "it leads elsewhere: $(cat seen err)"
COLUMNS=400 expect_code 0 mlpipe show latest
expect_out "its directory is kept: a:$(head -1 seen)"
expect_code 0 mlpipe report latest -o kept.html
grep -qF "its directory is kept: a:$(head -1 seen)" kept.html || fail "the report does not lead to it"
grep -qx code seen || fail "that is not the directory of a step: $(cat seen)"
expect_code 1 mlpipe run failing.yaml --json
expect_equal "$(/usr/bin/python3 -c '
import json
events = [json.loads(line) for line in open("out")]
print([(e["status"], e["compute_target"]) for e in events if e["event"] == "step_changed" and e["status"] in ("Running", "Failed")],
      events[-1]["failures"][0]["compute_target"])')" "[('Running', 'a'), ('Failed', 'a')] a" "what the events say"

# Of what stays here nothing is said.
echo 'steps: {s: {command: "echo x >${{outputs.o}}", outputs: {o: {type: uri_file}}}}' >local.yaml
rm -r .mlpipe
expect_code 0 mlpipe plan local.yaml
! grep -q "on local" out || fail "plan says where a local step runs"
expect_code 0 mlpipe run local.yaml
! grep -q "on local" err || fail "the progress says where a local step runs"
expect_code 0 mlpipe show
! grep -q "lies on" out || fail "show says where a local output lies"
expect_code 0 mlpipe report -o page.html
! grep -q "Lies on" page.html || fail "the report says where a local output lies"
