#!/usr/bin/env bash
# A helper that is stopped, or waits for a disk that is gone, does not hold the run for ever: the third Ctrl-C lets go of it, and
# the step goes on over there.
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
kill -TERM "$driver"
wait_until 10 grep -q "asked to end" first.err
kill -TERM "$driver"
wait_until 10 grep -q "killing the running steps" first.err
kill -TERM "$driver"
wait_until 10 grep -q "not waiting for other machines any more" first.err
expect_end 143 "$driver"
grep -q "its steps go on over there, and the next run takes them up" first.err || fail "nobody says that it goes on: $(cat first.err)"
thaw
