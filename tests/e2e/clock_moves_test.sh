#!/usr/bin/env bash
# The clock is set back, and ahead, while a driver runs: the run completes and is reused, no time-out comes too
# early or never, what was edited meanwhile is not reused, and gc and verify take nothing away.
. "$(dirname "$0")/clock.sh"

cat >p.yaml <<Y
steps:
  first:
    command: '$(trace first); $(until_go first); cat \${{inputs.i}} > \${{outputs.o}}'
    inputs: {i: {type: uri_file, path: in.txt}}
    outputs: {o: {type: uri_file}}
  second:
    command: '$(trace second); $(until_go second); cat \${{inputs.i}} > \${{outputs.o}}'
    inputs: {i: "\${{steps.first.outputs.o}}"}
    outputs: {o: {type: uri_file}}
    limits: {timeout: 3600}
Y
begin() {  # begin CLOCK: a run is under way, its first step runs
  rm -f traces go-*
  set_clock "$1"
  start_with_moving_clock run run p.yaml
  wait_until 20 has_trace first
}
time_of() { date -u -d "$1" +%FT%TZ; }
holds() { [[ $(ask_run latest "$1") == True ]]; }

# Back by a day while the first step runs, ahead by three while the second does, which has an hour of time.
echo 1 >in.txt
begin +0
wait_until 20 holds "'$(time_of '-12 hours')' < steps['first']['started'] < '$(time_of '+12 hours')'"
set_clock -1d
go first
wait_until 20 has_trace second
wait_until 20 holds "steps['second']['started'] < '$(time_of '-12 hours')'"
set_clock +2d
go second
expect_end 0 "$driver"
expect_executed "first second"
holds "run['finished'] > '$(time_of '+36 hours')'" || fail "the driver did not see that the clock was set"
expect_code 0 mlpipe get latest second.o got
expect_file got/o 1
for clock in -400d -1d +0 +400d; do
  expect_code 0 at "$clock" run p.yaml
  expect_executed ""
done

# Edited while its step runs and the clock is back, with the time that the file had: seen all the same.
echo 2 >in.txt
begin +0
set_clock -1d
touch -r in.txt before
echo 3 >in.txt
touch -r before in.txt
go first
go second
expect_end 0 "$driver"
grep -qF "'$work/in.txt' was changed while the step ran: this result is not kept for reuse" run.err ||
  fail "the edit is not told: $(cat run.err)"
# Edited between two runs, with a time that the wrong clock calls now.
expect_code 0 at -1d run p.yaml
expect_executed first  # it made the same bytes as before
echo 4 >in.txt
touch -d yesterday in.txt
expect_code 0 at -1d run p.yaml
expect_executed "first second"
expect_code 0 mlpipe run p.yaml
expect_executed ""
rm -r got
expect_code 0 mlpipe get latest second.o got
expect_file got/o 4

# A time-out comes also after the clock was set back.
cat >q.yaml <<Y
steps: {slow: {command: '$(trace slow); sleep 1000', limits: {timeout: 2}}}
Y
set_clock +0
start_with_moving_clock run run q.yaml
wait_until 20 has_trace slow
set_clock -1d
wait_until 60 grep -q "timed out after 2 s" run.err
expect_end 1 "$driver"
expect_equal "$(ask_run latest "steps['slow']['status']")" Failed

# gc and verify with a wrong clock beside a run with a right one: it loses nothing, and neither does anybody else.
echo 5 >in.txt
begin +0
go first
wait_until 20 has_trace second
for clock in -400d +400d; do
  expect_code 0 at "$clock" gc --dry-run
  expect_code 0 at "$clock" gc
  expect_code 0 at "$clock" verify --deep
  expect_out "all are whole"
done
expect_code 0 at -400d gc --older-than 0s
expect_err "results are kept whose last use lies in the future, by the clock of this machine"
go second
expect_end 0 "$driver"
expect_executed "first second"
for age in 0s 1d 30d; do
  expect_code 0 at -400d gc --older-than "$age"
  expect_code 0 at -400d verify --deep
  expect_out "all are whole"
done
expect_code 0 at +29d gc --older-than 30d
expect_code 0 mlpipe verify --deep
expect_out "all are whole"
expect_code 0 mlpipe run p.yaml
expect_executed ""
[[ ! -e .mlpipe/quarantine ]] || fail "a wrong clock made an object a damaged one"
expect_sound_database
