#!/usr/bin/env bash
# A step that waits for another driver's equal work holds no slot: other steps, of its own driver and of others,
# run meanwhile.
. "$(dirname "$0")/running.sh"

echo 'compute_targets: {local: {type: local, max_concurrent_steps: 2}}' >mlpipe.yaml
step() { echo "  $1: {command: '$(trace "$1"); $(until_go "$1")'}"; }
{ echo steps: && step same; } >p.yaml
{ echo steps: && step same && step own; } >q.yaml
{ echo steps: && step other; } >r.yaml

start one run p.yaml
one=$driver
wait_until 20 has_trace same
run=$(ask_run latest "run['run_id']")
start two run q.yaml
two=$driver
wait_until 20 grep -q "waits for run $run, which does the same work" two.err
wait_until 20 has_trace own
# Both slots are taken by steps that run: a third one has to wait for a slot.
start three run r.yaml
three=$driver
run_of_three_is_recorded() { [[ $(ask_run latest "run['pipeline']") == r ]]; }
wait_until 20 run_of_three_is_recorded
wait_until 20 step_status_is other Queued
expect_traces "own same"
go own
# The step that waits does not take the slot that comes free.
wait_until 20 has_trace other
expect_traces "other own same"
kill -0 "$two" || fail "the driver that waits has ended"
go other
expect_end 0 "$three"
go same
expect_end 0 "$one"
expect_end 0 "$two"
expect_traces "other own same"
expect_sound_database
