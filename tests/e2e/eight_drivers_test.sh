#!/usr/bin/env bash
# Eight drivers at once on a fresh workspace: all end well, no step is executed twice.
. "$(dirname "$0")/running.sh"

{
  echo 'steps:'
  for i in {1..12}; do
    echo "  s$i: {command: '$(trace "s$i"); echo $i > \"\${{outputs.o}}\"', outputs: {o: {type: uri_file}}}"
  done
} >p.yaml
drivers=()
for i in {1..8}; do
  start "run$i" run p.yaml
  drivers+=("$driver")
done
for driver in "${drivers[@]}"; do expect_end 0 "$driver"; done
expect_traces "$(printf 's%s\n' {1..12} | sort | paste -sd' ')"
expect_sound_database
expect_code 0 mlpipe runs
expect_equal "$(grep -c Completed out)" 8 "completed runs"
