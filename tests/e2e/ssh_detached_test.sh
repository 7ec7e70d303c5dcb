#!/usr/bin/env bash
# A step over SSH goes on when the connection drops or its driver dies, and is taken up; cancel ends all of it.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<Y
parameters: {word: one}
steps:
  slow:
    compute_target: a
    command: "echo \${{parameters.word}} >>$work/began; sleep 1000 & echo \$! >$work/child; until [[ -e $work/go-\${{parameters.word}} ]]; do sleep 0.05; done; kill \$!; echo done >\${{outputs.o}}; echo last line"
    outputs: {o: {type: uri_file, file_name: o}}
Y
began() { [[ -e began && $(wc -l <began) == "$1" ]]; }

# The driver is killed; the next run takes the step up and does not begin it again.
"$MLPIPE" run p.yaml >first 2>&1 &
driver=$!
background+=("$driver")
wait_until 30 began 1
kill -KILL "$driver"
wait "$driver" 2>/dev/null || true
"$MLPIPE" run p.yaml >second 2>&1 &
driver=$!
background+=("$driver")
wait_until 30 grep -q "begun by an earlier run" second
touch go-one
wait "$driver"
grep -q "1 ran" second || { cat second; fail "it was not taken up"; }
expect_equal "$(wc -l <began)" 1 "how often it began"
expect_code 0 mlpipe logs latest slow
expect_out "last line"

# It ends while nobody looks: its result is taken all the same.
"$MLPIPE" run p.yaml -p word=two >third 2>&1 &
driver=$!
background+=("$driver")
wait_until 30 began 2
kill -KILL "$driver"
wait "$driver" 2>/dev/null || true
touch go-two
wait_until 30 bash -c "find '$(remote_root a)/jobs' -name result | grep -q ."
expect_code 0 mlpipe run p.yaml -p word=two
expect_out "1 ran"
expect_equal "$(wc -l <began)" 2 "how often it began"

# The connection is lost, sshd is away for a moment.
"$MLPIPE" run p.yaml -p word=three >fourth 2>&1 &
driver=$!
background+=("$driver")
wait_until 30 began 3
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
wait_until 30 grep -q "the connection is lost" fourth
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
wait_until 60 grep -q "connected again" fourth
touch go-three
wait "$driver"
grep -q "1 ran" fourth || { cat fourth; fail "it did not go on"; }
expect_equal "$(wc -l <began)" 3 "how often it began"

# Cancel: nothing of it is left over there.
"$MLPIPE" run p.yaml -p word=four >fifth 2>&1 &
driver=$!
background+=("$driver")
wait_until 30 began 4
kill -TERM "$driver"
code=0
wait "$driver" || code=$?
expect_equal "$code" 143 "exit code of a canceled run"
[[ ! -e /proc/$(cat child) ]] || fail "a process of the canceled step is left"
