#!/usr/bin/env bash
# show has heads, parameters and outputs with their path; a reused step's time is not spent now; a step in full.
. "$(dirname "$0")/history.sh"
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml
first=$(newest)
took() { sed -nE "s/^ *train +Completed +([0-9.]+ [a-zµ]+).*/\1/p" "$1"; }
told=$(took err)
expect_code 0 mlpipe show
expect_equal "$(took out)" "$told" "how long train took, by show and by run"
for text in "parameters  score=90, seed=1" "step  " "took" "train.model" "report.outputs" "$work/page.txt" "accuracy=0.9"; do
  expect_out "$text"
done
rm page.txt
expect_code 0 mlpipe show && expect_out "$work/page.txt (not there)"
expect_equal "$(ask "d['steps'][1]['outputs'][1]['path'], d['steps'][1]['outputs'][1]['place']" show "$first")" "(None, 'missing')" "what is at a path"
expect_code 0 mlpipe run p.yaml
expect_equal "$(ask "d['steps'][1]['outputs'][1]['place']" show "$first")" "holds" "what is at a path"
expect_equal "$(ask "d['steps'][1]['outputs'][1]['path']" show "$first")" "$work/page.txt" "where a copy is"
echo edited >page.txt
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe show && expect_out "Reused" && expect_out "reused from run $first" && expect_out "; it took "
grep -E '^train +Reused +reused' out || fail "time of a reused step in its column: $(cat out)"

expect_code 0 mlpipe show "$first" train
for text in "script train.sh" "argument" '${{inputs.table}}' "model.bin" "accuracy" ".mlpipe/logs" "fingerprint"; do
  expect_out "$text"
done
expect_equal "$(ask "d['steps'][0]['step'], len(d['steps']), d['steps'][0]['manifest'][1]['kind']" show latest report)" "('report', 1, 'platform')"
expect_equal "$(ask "d['steps'][1]['outputs'][1]['path'], d['steps'][1]['outputs'][1]['place']" show "$first")" "(None, 'edited')" "what was edited"
expect_code 0 mlpipe show latest train && expect_out "when it ran" && expect_out "run $first as 'train'"
