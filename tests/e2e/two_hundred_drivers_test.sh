#!/usr/bin/env bash
# Two hundred drivers at once on a fresh workspace: all end well, each distinct step is executed once.
. "$(dirname "$0")/running.sh"

{
  echo 'parameters: {v: 0}'
  echo 'steps:'
  for i in {1..4}; do
    echo "  s$i: {command: '$(trace "s$i"); echo $i > \"\${{outputs.o}}\"', outputs: {o: {type: uri_file}}}"
  done
  echo "  own: {command: 'echo own-\${{parameters.v}} >> $work/traces; cat \${{inputs.i}}', inputs: {i: \"\${{steps.s1.outputs.o}}\"}}"
} >p.yaml
many=200
symbols=$(nm -D "$MLPIPE" 2>/dev/null)
[[ ! $symbols =~ __[at]san_init ]] || many=40  # they are many times as slow and big
drivers=()
for ((i = 0; i < many; ++i)); do
  start "run$i" run p.yaml -p "v=$((i % 5))"
  drivers+=("$driver")
done
for driver in "${drivers[@]}"; do expect_end 0 "$driver"; done
expect_traces "own-0 own-1 own-2 own-3 own-4 s1 s2 s3 s4"
expect_sound_database
expect_code 0 mlpipe runs --limit 1000
expect_equal "$(grep -c Completed out)" "$many" "completed runs"
[[ ! -e .mlpipe/quarantine ]] || fail "an object was damaged"
