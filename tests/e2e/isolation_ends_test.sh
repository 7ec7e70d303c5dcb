#!/usr/bin/env bash
# An isolated step ends as any other: exit codes, signals, time-outs, cancel, memory, what it leaves running, a killed driver.
. "$(dirname "$0")/isolated.sh"
echo 'isolation: declared' >mlpipe.yaml
cat >p.yaml <<'Y'
settings: {continue_on_step_failure: true}
steps:
  seven: {command: 'exit 7'}
  high: {command: 'exit 137'}
  segv: {command: 'kill -SEGV $$'}
  killed: {command: 'kill -KILL $$'}
  gentle: {command: 'trap "echo asked; exit 0" TERM; sleep LONG & wait', limits: {timeout: 5}}
  stubborn: {command: 'trap "" TERM; setsid sleep LONG & sleep LONG', limits: {timeout: 1}}
  leaves: {command: 'setsid sleep LONG & exit 0'}
  tee: {command: 'exec > >(sleep 0.1; tee "$MLPIPE_OUTPUT_o"); echo late', outputs: {o: {type: uri_file, path: late.txt}}}
  memory: {command: 'python3 -c "x = bytearray(150000000)"'}
  session: {command: 'ps -o pid=,sid=,pgid= -p $$ | tr -s " "; grep -E "^(SigBlk|SigIgn)" /proc/self/status; echo ${PWD:-none} ${OLDPWD:-none}; ls /proc/self/fd | wc -l'}
Y
sed -i "s/LONG/$long/g" p.yaml
expect_code 1 mlpipe run -j8 p.yaml
expect_err "step 'seven' failed: exit code 7"
expect_err "step 'high' failed: exit code 137"
expect_err "step 'segv' failed: ended by signal 11"
expect_err "step 'killed' failed: ended by signal 9"
expect_err "step 'gentle' failed: timed out after 5 s"
expect_err "step 'stubborn' failed: timed out after 1 s"
expect_err "a process that it left running had to be ended"
no_sleeps || fail "left: $(sleeps)"
expect_executed "leaves memory session tee"
expect_file late.txt late
expect_code 0 mlpipe logs latest gentle
expect_out asked
memory=$(ask_run latest "steps['memory']['attempts'][-1]['peak_memory_bytes']")
((memory > 150000000 && memory < 400000000)) || fail "peak memory of 150 MB: $memory"
expect_code 0 mlpipe logs latest session --stdout
cp out isolated.txt
read -r pid sid group < <(sed 's/^ //' isolated.txt)
expect_equal "$sid $group" "$pid $pid" "session and group"
expect_code 0 mlpipe run p.yaml --only session --set steps.session.isolation=none
expect_code 0 mlpipe logs latest session --stdout
expect_equal "$(tail -n +2 isolated.txt | sed 's#work/[0-9a-f]*/#W/#')" "$(tail -n +2 out | sed 's#work/[0-9a-f]*/#W/#')" "signals, variables and descriptors"

# Cancel: asked first, then killed; a killed driver takes all with it.
cat >long.yaml <<'Y'
steps:
  a: {command: 'trap "" TERM; (trap "" TERM; setsid sleep LONG) & touch outputs/x; sleep LONG; sleep LONG'}
  b: {command: 'trap "touch outputs/asked; exit 3" TERM; sleep LONG & wait'}
Y
sed -i "s/LONG/$long/g" long.yaml
both_run() { [[ $(sleeps | wc -l) == 3 ]]; }
start run run -j2 long.yaml
wait_until 20 both_run
kill -INT "$driver"
expect_end 130 "$driver"
no_sleeps || fail "left: $(sleeps)"
for signal_to in driver supervisor; do
  start run run -j2 long.yaml
  wait_until 20 both_run
  if [[ $signal_to == driver ]]; then
    kill -KILL "$driver"
  else
    kill -KILL "$(pgrep -P "$driver" job-supervisor)"
  fi
  wait "$driver" || true
  wait_until 3 no_sleeps
done
