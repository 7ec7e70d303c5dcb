#!/usr/bin/env bash
# The clock of a machine behind SSH is hours away from ours: that is told, and all times of the record are by ours.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
library=$(find /usr/lib -name 'libfaketime.so.1' 2>/dev/null | head -1)
[[ -n $library ]] || skip "libfaketime is not installed"
symbols=$(nm -D "$MLPIPE" 2>/dev/null)
[[ ! $symbols =~ __[at]san_init ]] || skip "libfaketime and sanitizers do not go together"
start_hosts a
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  there:
    compute_target: a
    command: |
      echo '{"name": "m", "value": 1}' >>$MLPIPE_METRICS
      echo ${{parameters.word}} >${{outputs.o}}
    outputs: {o: {type: uri_file, file_name: o}}
Y
# The far side's helper is linked statically and cannot be given another clock: ours is set instead, which is the same.
run_at() {  # run_at -2h mlpipe arguments…
  local when=$1
  shift
  expect_code 0 env NO_FAKE_STAT=1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME="$when" LD_PRELOAD="$library" "$MLPIPE" run "$@"
}
expect_times_in_order() {
  local attempt="steps['there']['attempts'][0]"
  expect_equal "$(ask_run latest "run['started'] <= ${attempt}['started'] <= ${attempt}['finished'] <= run['finished']")" True \
    "times in order: $(mlpipe show latest --json)"
}
run_at -2h p.yaml
expect_err "compute target 'a': its clock is 2 h 00 min ahead of this machine's"
expect_times_in_order
run_at +3d p.yaml -p word=two
expect_err "behind this machine's"
expect_times_in_order
run_at +0 p.yaml -p word=three
expect_no_err "clock"
