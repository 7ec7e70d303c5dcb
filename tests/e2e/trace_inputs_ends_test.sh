#!/usr/bin/env bash
# A traced step, isolated or not, ends as any other: exit codes, signals, time-outs, cancel, what it leaves running.
. "$(dirname "$0")/isolated.sh"
command -v strace >/dev/null || skip "no strace"
strace -D -f --seccomp-bpf -o /dev/null true 2>/dev/null || skip "this machine does not let programs be traced"
cat >p.yaml <<'Y'
settings: {continue_on_step_failure: true}
steps:
  seven: {command: 'cat /nonexistent; exit 7'}
  segv: {command: 'kill -SEGV $$'}
  killed: {command: 'kill -KILL $$'}
  gentle: {command: 'trap "echo asked; exit 0" TERM; sleep LONG & wait', limits: {timeout: 5}}
  stubborn: {command: 'trap "" TERM; setsid sleep LONG & sleep LONG', limits: {timeout: 1}}
  leaves: {command: 'setsid sleep LONG & exit 0'}
  memory: {command: 'python3 -c "x = bytearray(150000000)"'}
  removes: {command: 'rm -rf "$PWD/.."'}
  fine: {command: 'echo fine > "${{outputs.o}}"', outputs: {o: {type: uri_file, path: fine.txt}}}
Y
sed -i "s/LONG/$long/g" p.yaml
for isolation in none declared; do
  echo "isolation: $isolation" >mlpipe.yaml
  expect_code 1 mlpipe run -j8 p.yaml --trace-inputs
  expect_err "step 'seven' failed: exit code 7"
  expect_err "step 'segv' failed: ended by signal 11"
  expect_err "step 'killed' failed: ended by signal 9"
  expect_err "step 'gentle' failed: timed out after 5 s"
  expect_err "step 'stubborn' failed: timed out after 1 s"
  expect_err "a process that it left running had to be ended"
  expect_err "step 'fine' read nothing that it does not declare"
  expect_file fine.txt fine
  no_sleeps || fail "left: $(sleeps)"
  expect_code 0 mlpipe logs latest gentle
  expect_out asked
  memory=$(ask_run latest "steps['memory']['attempts'][-1]['peak_memory_bytes']")
  ((memory > 150000000 && memory < 400000000)) || fail "peak memory of 150 MB: $memory"
  ! pgrep -f "strace.*$work" >/dev/null || fail "strace is left"
done

cat >long.yaml <<Y
steps:
  a: {command: 'trap "" TERM; (trap "" TERM; setsid sleep $long) & touch outputs/x; sleep $long; sleep $long'}
Y
two_run() { [[ $(sleeps | wc -l) == 2 ]]; }
start run run long.yaml --trace-inputs
wait_until 20 two_run
kill -INT "$driver"
expect_end 130 "$driver"
no_sleeps || fail "left: $(sleeps)"
start run run long.yaml --trace-inputs
wait_until 20 two_run
kill -KILL "$driver"
wait "$driver" || true
wait_until 3 no_sleeps
