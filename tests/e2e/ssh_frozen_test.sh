#!/usr/bin/env bash
# A helper that is stopped, or waits for a disk that is gone, does not hold the run for ever: the third Ctrl-C lets go of it. What
# it was told before, it does when it wakes: the step ends.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<Y
steps:
  there:
    compute_target: a
    command: "$(trace began); $(until_go on); echo made >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
start first run p.yaml
wait_until 30 has_trace began
helper=$(helper_pid a)
kill -STOP "$helper"
at_end+=(thaw)
thaw() { kill -CONT "$helper" 2>/dev/null || true; }
is_frozen() { [[ $(grep -h '^State' "/proc/$helper/task/"*/status | grep -cv stopped) == 0 ]]; }  # each thread: one may be reading still
wait_until 30 is_frozen
# What lies in the helper's stdin unread: an order to end a step is longer than a look whether it is there.
heard_to_end() {
  /usr/bin/python3 - "$helper" <<'P'
import array, fcntl, os, sys, termios
stdin = os.open(f"/proc/{sys.argv[1]}/fd/0", os.O_RDONLY | os.O_NONBLOCK)
unread = array.array("i", [0])
fcntl.ioctl(stdin, termios.FIONREAD, unread)
sys.exit(unread[0] < 45)
P
}
kill -TERM "$driver"
wait_until 10 grep -q "asked to end" first.err
wait_until 30 heard_to_end
kill -TERM "$driver"
wait_until 10 grep -q "killing the running steps" first.err
kill -TERM "$driver"
wait_until 10 grep -q "not waiting for other machines any more" first.err
expect_end 143 "$driver"
grep -q "its steps over there were asked to end; one that did not hear of it goes on)" first.err ||
  fail "nobody says what becomes of it: $(cat first.err)"
if no_steps_on a; then fail "the step ended before its helper could tell it"; fi
expect_equal "$(ask_run latest "run['status']")" Canceled "status of the run"
thaw
wait_until 30 no_steps_on a
go on
expect_code 0 mlpipe run p.yaml
expect_out "1 ran"
expect_traces "began began"
