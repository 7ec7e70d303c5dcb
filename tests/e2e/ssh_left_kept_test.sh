#!/usr/bin/env bash
# What a lost run left on a machine behind SSH stays the next run's: gc leaves a result that nobody fetched yet, `cancel` says of a
# step what became of it, and an order to end that comes late does not end what another run goes on with.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a b
cp mlpipe.yaml patient.yaml
sed -i 's/type: ssh,/type: ssh, reconnect_timeout: 1s,/' mlpipe.yaml
# pipeline FILE TARGET: `nap` is how long the step takes to end when it is asked to
pipeline() {
  cat >"$1" <<Y
parameters: {word: one, nap: 0}
steps:
  there:
    compute_target: $2
    command: "trap 'sleep \${{parameters.nap}}; $(trace 'ended-${{parameters.word}}'); exit 1' TERM; $(trace 'began-${{parameters.word}}'); $(until_go '${{parameters.word}}'); echo \${{parameters.word}} >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
Y
}
pipeline p.yaml a
pipeline q.yaml b
sshd() { "$REPOSITORY/tests/support/sshd.sh" "$1" "$hosts" "$2"; }
newest() { "$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])'; }

# The run gave up two days ago; since then the step has ended well. gc has to leave that for the next run.
start lost run p.yaml
wait_until 30 has_trace began-one
sshd stop a
expect_end 3 "$driver"
go one
wait_until 30 no_steps_on a
sshd again a
python3 - <<'P'
import sqlite3

ago = 2 * 86_400_000_000
with sqlite3.connect(".mlpipe/mlpipe.db") as database:
    for table in ("runs", "step_runs"):
        database.execute(f"UPDATE {table} SET started = started - ?, finished = finished - ?", (ago, ago))
P
find "$(remote_root a)/jobs" "$(remote_root a)/work" -exec touch -h -d '2 hours ago' {} +
expect_code 0 mlpipe gc --older-than 1d
expect_code 0 mlpipe run p.yaml
expect_traces "began-one"

# It has ended well, and was not ended by cancel: the record says so, and the next run takes its result.
start killed run p.yaml -p word=two
wait_until 30 has_trace began-two
kill -KILL "$driver"
wait "$driver" || true
killed=$(newest)
go two
wait_until 30 no_steps_on a
expect_code 0 mlpipe cancel "$killed"
expect_out "step 'there' had ended already on compute target 'a'"
expect_equal "$(ask_run "$killed" "run['status']")" Canceled "the run's status"
COLUMNS=400 expect_code 0 mlpipe show "$killed"
expect_out "it had ended by itself where it was left: the next run that needs the same work takes its result"
expect_out "what it had left on other machines had ended, or is another run's now"
expect_code 0 mlpipe run p.yaml -p word=two
expect_traces "began-one began-two"

# Two runs are canceled while both machines are away. A third run gives the orders, which takes a while; meanwhile a
# fourth goes on with one of the steps: that is not ended.
cp patient.yaml mlpipe.yaml
start slow run q.yaml -p word=slow -p nap=4
slow=$driver
wait_until 30 has_trace began-slow
start wanted run p.yaml -p word=wanted
wanted=$driver
wait_until 30 has_trace began-wanted
sshd stop a
sshd stop b
wait_until 30 grep -q "the connection is lost" slow.err
wait_until 30 grep -q "the connection is lost" wanted.err
kill -INT "$slow" "$wanted"
expect_end 130 "$slow"
expect_end 130 "$wanted"
sshd again a
sshd again b
echo "steps: {one: {compute_target: a, command: 'true'}, other: {compute_target: b, command: 'echo'}}" >both.yaml
start orders run both.yaml
orders=$driver
start again run p.yaml -p word=wanted
again=$driver
wait_until 30 grep -q "it was begun by an earlier run" again.err
expect_end 0 "$orders"
go wanted
expect_end 0 "$again"
! has_trace ended-wanted || fail "a step was ended that another run went on with"
grep -q "it was ended now" orders.err || fail "the order was not given: $(cat orders.err)"
