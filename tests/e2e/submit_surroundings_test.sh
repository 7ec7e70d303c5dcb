#!/usr/bin/env bash
# A promised run does not depend on what surrounds its submit: a folder that goes, a lock that is held, the program being
# replaced, a workspace file that is broken for a while, a step.
. "$(dirname "$0")/lib.sh"
cp "$MLPIPE" program
own() { ./program "$@"; }
echo 'max_concurrent_runs: 1' >mlpipe.yaml
cat >p.yaml <<Y
parameters: {n: 0, gate: none}
steps:
  s: {command: "echo \${{parameters.n}} >\${{outputs.o}}; while [[ \${{parameters.gate}} != none && ! -e \${{parameters.gate}} ]]; do sleep 0.02; done", outputs: {o: {type: uri_file}}}
Y
expect_code 0 own publish p.yaml --endpoint e
is() { [[ $(ask_run "$1" "run['status']") == "$2" ]]; }

# Its folder is gone when its turn comes.
first=$(own submit e -p n=1 -p "gate=$work/gate")
wait_until 20 is "$first" Running
mkdir gone
second=$(cd gone && ../program submit -C "$work" e -p n=2)
rmdir gone
# The lock that the caller holds is not held by what goes on.
third=$(flock -n "$work/lock" ./program submit e -p n=3)
flock -n "$work/lock" true || fail "the caller's lock is still held"
# The program is replaced, and the workspace file is broken, while runs wait.
cp program other && rm program && cp other program
echo 'max_concurrent_runs: [' >mlpipe.yaml
touch gate
has_ended() { ! pgrep -f "__run-queued $first" >/dev/null; }
wait_until 20 has_ended
sleep 0.3
for run in "$second" "$third"; do
  expect_equal "$(/usr/bin/python3 -c 'import sqlite3, sys
print(sqlite3.connect(".mlpipe/mlpipe.db").execute("SELECT status FROM runs WHERE id = ?", sys.argv[1:]).fetchone()[0])' "$run")" \
    Queued "while the workspace file is broken"
done
echo 'max_concurrent_runs: 1' >mlpipe.yaml
expect_code 0 own submit e -p n=4 --wait
for run in "$first" "$second" "$third"; do wait_until 20 is "$run" Completed; done

# A lower limit holds from the next run on.
rm gate
echo 'max_concurrent_runs: 2' >mlpipe.yaml
a=$(own submit e -p n=5 -p "gate=$work/gate")
b=$(own submit e -p n=6 -p "gate=$work/gate")
c=$(own submit e -p n=7 -p "gate=$work/other_gate")
d=$(own submit e -p n=8)
for run in "$a" "$b"; do wait_until 20 is "$run" Running; done
echo 'max_concurrent_runs: 1' >mlpipe.yaml
touch gate
wait_until 20 is "$c" Running
sleep 0.3
is "$d" Queued || fail "two go on, where one may: $(ask_run "$d" "run['status']")"
touch other_gate
wait_until 20 is "$d" Completed

# Within a step: what it starts ends with it, so the run begins after the step's own has ended.
cat >outer.yaml <<Y
steps: {o: {command: "$work/program submit -C $work e -p n=9 >$work/inner; ! $work/program submit -C $work e -p n=10 --wait 2>$work/refused", allow_reuse: false}}
Y
expect_code 0 own run outer.yaml
grep -q "within a step" refused || fail "it says: $(cat refused)"
wait_until 20 is "$(cat inner)" Completed

# A log that cannot be written: the run is promised, and its id is told.
rm -f .mlpipe/logs/queue.log && mkdir .mlpipe/logs/queue.log
expect_code 0 own submit e -p n=11
expect_err "the run is queued, and nothing was started"
id=$(cat out)
rmdir .mlpipe/logs/queue.log
expect_code 0 own submit e -p n=12 --wait
wait_until 20 is "$id" Completed
expect_code 2 own submit e --idempotency-key ""
expect_err "--idempotency-key is empty"
