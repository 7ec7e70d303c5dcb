#!/usr/bin/env bash
# --regenerate-outputs takes no earlier result; other bytes mark the step as varying; later runs reuse the new.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  noise: {command: "head -c 8 /dev/urandom | od -An -tx1 >${{outputs.o}}", outputs: {o: {type: uri_file}}}
  fixed: {command: "wc -c <${{inputs.d}} >${{outputs.o}}", inputs: {d: "${{steps.noise.outputs.o}}"}, outputs: {o: {type: uri_file}}}
  twin_1: {command: "echo same >${{outputs.o}}", outputs: {o: {type: uri_file}}}
  twin_2: {command: "echo same >${{outputs.o}}", outputs: {o: {type: uri_file}}}
END
made() { ask_run latest "steps['noise']['outputs'][0]['content_hash']"; }
expect_code 0 mlpipe run p.yaml
first=$(made)
expect_code 0 mlpipe run p.yaml --regenerate-outputs
regenerated=$(made)
[[ $regenerated != "$first" ]] || fail "noise was not made anew"
expect_err "the same work gave other outputs"
expect_equal "$(ask_run latest "[steps[s]['varying'] for s in ('noise', 'fixed')]")" "[True, False]" "varying"
expect_equal "$(ask_run latest "steps['twin_1']['reused'] + steps['twin_2']['reused']")" 1 "equal steps ran once"
expect_equal "$(ask_run latest "steps['noise']['reused'], steps['fixed']['reused']")" "(False, False)"

expect_code 0 mlpipe run p.yaml && expect_out "all 4 steps reused"
expect_equal "$(made)" "$regenerated" "what the later run reuses"
