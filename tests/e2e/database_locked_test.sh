#!/usr/bin/env bash
# A database that another program holds for a while is waited for: by drivers, and by readers if they cannot read.
. "$(dirname "$0")/running.sh"
. "$(dirname "$0")/locking.sh"

echo "steps: {make: {command: '$(trace make); echo 1 > \${{outputs.made}}', outputs: {made: {type: uri_file}}}}" >p.yaml
expect_code 0 mlpipe run p.yaml
expect_traces "make"

# Against other writers: readers go on, and a run waits before it starts anything.
hold writing
for command in runs show "get latest make.made got"; do
  # shellcheck disable=SC2086
  expect_code 0 mlpipe $command
done
expect_code 0 mlpipe runs
expect_equal "$(grep -c Completed out)" 1 "completed runs"
start run run p.yaml --regenerate-outputs
expect_to_wait "$driver"
expect_traces "make"
expect_equal "$(cat run.err)" "" "what a run that waits tells"
expect_code 0 mlpipe runs --json
expect_equal "$(grep -c '"run_id"' out)" 1 "runs that are recorded"
let_go
expect_end 0 "$driver"
expect_traces "make make"
expect_executed make

# Against everybody: readers wait too, and then tell all that there is.
hold alone
names=(runs show logs run)
commands=("runs" "show latest" "logs latest make" "run p.yaml")
waiting=()
for i in "${!names[@]}"; do
  # shellcheck disable=SC2086
  start "${names[$i]}" ${commands[$i]}
  waiting+=("$driver")
done
for pid in "${waiting[@]}"; do expect_to_wait "$pid"; done
for name in "${names[@]}"; do
  expect_equal "$(cat "$name.out" "$name.err")" "" "what $name tells before it can read"
done
let_go
for pid in "${waiting[@]}"; do expect_end 0 "$pid"; done
(($(grep -c Completed runs.out) >= 2)) || fail "runs are missing: $(cat runs.out)"
grep -q Completed show.out || fail "the run is not shown: $(cat show.out)"
expect_traces "make make"
expect_executed ""
expect_sound_database
