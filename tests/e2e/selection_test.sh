#!/usr/bin/env bash
# --until, --from and --only choose steps; --only refuses when something above would have to run.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {n: 1}
steps:
  a: {command: "echo ${{parameters.n}} >${{outputs.o}}", outputs: {o: {type: uri_file}}}
  b: {command: "cat ${{inputs.d}} >${{outputs.o}}", inputs: {d: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file}}}
  c: {command: "cat ${{inputs.d}} >${{outputs.o}}; echo c >>${{outputs.o}}", inputs: {d: "${{steps.b.outputs.o}}"},
      outputs: {o: {type: uri_file}}}
  side: {command: "echo side >${{outputs.o}}", outputs: {o: {type: uri_file}}}
END
expect_code 2 mlpipe run p.yaml --only b && expect_err "--only" && expect_err "step 'a'"
expect_code 2 mlpipe show latest          # nothing ran, nothing was recorded
expect_code 0 mlpipe run p.yaml --until b && expect_executed "a b"
expect_equal "$(ask_run latest "sorted(steps)")" "['a', 'b']" "steps of the run"
expect_code 0 mlpipe run p.yaml --only c && expect_executed "c"
expect_code 0 mlpipe run p.yaml && expect_executed "side"
expect_code 0 mlpipe run p.yaml --from b
expect_executed "b c"                     # the same bytes, and still all below runs anew
expect_equal "$(ask_run latest "steps['a']['reused'], steps['side']['reused']")" "(True, True)"
expect_equal "$(ask_run latest "steps['b']['reason']")" "it was asked to run anew (--from)"
expect_equal "$(ask_run latest "steps['c']['reason']")" "it is below step 'b', which was asked to run anew (--from)"
expect_code 0 mlpipe plan p.yaml --regenerate-outputs && expect_out "all steps were asked to run anew (--regenerate-outputs)"
expect_code 0 mlpipe run p.yaml --from c --until c && expect_executed "c"
expect_code 0 mlpipe run p.yaml --only c && expect_executed ""      # reused, unless it is also
expect_code 0 mlpipe run p.yaml --only c --from c && expect_executed "c"
expect_code 2 mlpipe run p.yaml --only c -p n=2 && expect_err "step 'a', which that one needs, would have to run"
expect_code 2 mlpipe run p.yaml --from sid && expect_err "did you mean 'side'?"
expect_code 0 mlpipe plan p.yaml --from b && expect_out "2 of 4 steps due"
