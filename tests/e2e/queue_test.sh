#!/usr/bin/env bash
# The queue: its order, its caps, canceling, drivers and workers that are killed, and a run that cannot begin.
. "$(dirname "$0")/lib.sh"

echo 'max_concurrent_runs: 1' >mlpipe.yaml
cat >p.yaml <<Y
parameters: {n: 0, gate: none}
steps:
  s:
    command: "echo \${{parameters.n}} >>$work/order; while [[ \${{parameters.gate}} != none && ! -e \${{parameters.gate}} ]]; do sleep 0.02; done"
    pass_environment: []
Y
expect_code 0 mlpipe publish p.yaml --endpoint e
submit() { mlpipe submit e "$@"; }
status() { ask_run "$1" "run['status']"; }
pid_of() {  # pid_of RUN: its driver
  /usr/bin/python3 -c 'import sqlite3, sys
print(sqlite3.connect(".mlpipe/mlpipe.db").execute("SELECT pid FROM runs WHERE id = ?", sys.argv[1:]).fetchone()[0])' "$1"
}
is() { [[ $(status "$1") == "$2" ]]; }

a=$(submit -p n=1 -p "gate=$work/gate")
wait_until 20 is "$a" Running
b=$(submit -p n=2)
c=$(submit -p n=3)
d=$(submit -p n=4)
expect_equal "$(status "$b") $(status "$c")" "Queued Queued" "while the first goes on"
expect_code 0 mlpipe show "$b"
expect_out "Queued"
expect_code 0 mlpipe runs
expect_code 2 mlpipe delete --yes "$b"
expect_code 2 mlpipe endpoint delete-version e 1
expect_err "it is queued"
expect_code 0 mlpipe cancel "$c"
expect_out "it had not begun"
expect_code 2 mlpipe cancel "$c"
touch gate
for run in "$a" "$b" "$d"; do wait_until 20 is "$run" Completed; done
expect_equal "$(status "$c")" Canceled "the canceled one"
expect_equal "$(paste -sd' ' order)" "1 2 4" "their order"

# A driver is killed: the run says so, and the next one starts.
rm gate order
a=$(submit -p n=5 -p "gate=$work/gate")
wait_until 20 is "$a" Running
b=$(submit -p n=6)
kill -KILL "$(pid_of "$a")"
wait_until 20 is "$b" Completed
expect_equal "$(status "$a")" NotResponding "the killed one"

# A worker is killed: its driver goes on, and holds the place; whoever submits next starts the rest.
a=$(submit -p n=7 -p "gate=$work/gate")
wait_until 20 is "$a" Running
kill -KILL "$(ps -o ppid= -p "$(pid_of "$a")" | tr -d ' ')"
b=$(submit -p n=8)
sleep 0.3
expect_equal "$(status "$a") $(status "$b")" "Running Queued" "after the worker was killed"
touch gate
wait_until 20 is "$a" Completed
expect_code 0 mlpipe submit e -p n=9 --wait
wait_until 20 is "$b" Completed

# It goes on without a terminal and after the caller's session has ended.
rm gate
a=$(setsid -w bash -c "\"$MLPIPE\" submit e -p n=10 -p gate=$work/gate")
wait_until 20 is "$a" Running
touch gate
wait_until 20 is "$a" Completed

# What was right when it was submitted is not when its turn comes.
rm gate
cat >q.yaml <<Y
inputs: {t: {type: uri_file, path: t.csv}}
steps: {s: {command: "cat \${{inputs.t}}", inputs: {t: "\${{parent.inputs.t}}"}}}
Y
touch t.csv
expect_code 0 mlpipe publish q.yaml --endpoint data
a=$(submit -p n=11 -p "gate=$work/gate")
wait_until 20 is "$a" Running
b=$(mlpipe submit data)
rm t.csv
touch gate
wait_until 20 is "$b" Failed
expect_code 0 mlpipe show "$b"
expect_out "'t.csv', does not exist"
expect_code 2 mlpipe submit data
expect_code 0 mlpipe delete --yes "$b"
expect_code 0 mlpipe gc --older-than 0s
[[ ! -e .mlpipe/logs/$b ]] || fail "the deleted run's log is left"
! pgrep -f "__work-queue -C $work" >/dev/null || fail "a worker is left"
