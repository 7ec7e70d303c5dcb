#!/usr/bin/env bash
# show has heads, parameters and outputs with their path; a reused step's time is not spent now; a step in full.
. "$(dirname "$0")/history.sh"
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml
first=$(newest)
expect_code 0 mlpipe show
for text in "parameters  score=90, seed=1" "step  " "took" "train.model" "report.outputs" "$work/page.txt" "accuracy=0.9"; do
  expect_out "$text"
done
echo edited >page.txt
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe show && expect_out "Reused" && expect_out "reused from run $first" && expect_out "; it took "
grep -E '^train +Reused +reused' out || fail "time of a reused step in its column: $(cat out)"

expect_code 0 mlpipe show "$first" train
for text in "script train.sh" "argument" '${{inputs.table}}' "model.bin" "accuracy" ".mlpipe/logs" "fingerprint"; do
  expect_out "$text"
done
expect_equal "$(ask "d['steps'][0]['step'], len(d['steps']), d['steps'][0]['manifest'][1]['kind']" show latest report)" "('report', 1, 'platform')"
expect_equal "$(ask "d['steps'][1]['outputs'][1]['path']" show "$first")" "$work/page.txt" "where a copy is"
expect_code 0 mlpipe show latest train && expect_out "when it ran" && expect_out "run $first as 'train'"
