#!/usr/bin/env bash
# A step that verify runs ends with Ctrl-C, with TERM, with its time-out and with verify itself; it takes slots.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<END
steps:
  make:
    command: 'echo 1 > \${{outputs.o}}; if test -e $work/slow; then touch $work/begun; sleep 1000 & sleep 1000; fi'
    outputs: {o: {type: uri_file}}
    limits: {timeout: 3}
END
expect_code 0 mlpipe run p.yaml
touch slow
for signal in INT TERM; do
  rm -f begun
  start "verify$signal" verify p.yaml make
  wait_until 10 test -e begun
  kill "-$signal" "$driver"
  expect_end "$([[ $signal == INT ]] && echo 130 || echo 143)" "$driver"
  no_step_processes || fail "left: $(step_processes)"
done
[[ -z $(find .mlpipe/work -mindepth 1 -maxdepth 1 -not -name scratch) ]] || fail "left: $(ls .mlpipe/work)"
rm -f begun
start killed verify p.yaml make
wait_until 10 test -e begun
kill -KILL "$driver"
wait_until 4 no_step_processes
expect_code 1 mlpipe verify p.yaml make
expect_out "time-out"
no_step_processes || fail "left: $(step_processes)"
# A kill leaves a directory and nothing else.
rm -f slow
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_sound_database

# Slots: while a run holds the only one, it waits, and can be ended.
cat >mlpipe.yaml <<'END'
compute_targets: {local: {type: local, max_concurrent_steps: 1}}
END
echo "steps: {hold: {command: 'touch $work/holds; $(until_go hold)'}}" >hold.yaml
start hold run hold.yaml
holder=$driver
wait_until 10 test -e holds
start waits verify p.yaml make
wait_until 10 grep -q "waits for slots" waits.err
kill -INT "$driver"
expect_end 130 "$driver"
start waits2 verify p.yaml make
second=$driver
wait_until 10 grep -q "waits for slots" waits2.err
go hold
expect_end 0 "$holder"
expect_end 0 "$second"
