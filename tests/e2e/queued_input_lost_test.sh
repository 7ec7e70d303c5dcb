#!/usr/bin/env bash
# A queued step whose input is made anew under it is recorded with what it really read.
. "$(dirname "$0")/lib.sh"
cat >mlpipe.yaml <<'END'
compute_targets: {local: {type: local, max_concurrent_steps: 1}}
END
cat >p.yaml <<'END'
parameters: {v: 1}
steps:
  p: {command: "date +%N > ${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o.txt}}}
  b:
    command: "cat ${{inputs.i}} > ${{outputs.o}}; : ${{parameters.v}}"
    inputs: {i: "${{steps.p.outputs.o}}"}
    outputs: {o: {type: uri_file}}
  x: {command: "sleep 0.3; : ${{parameters.v}}"}
  c:
    command: "cat ${{inputs.i}} > ${{outputs.o}}; : ${{parameters.v}}"
    inputs: {i: "${{steps.p.outputs.o}}"}
    outputs: {o: {type: uri_file}}
END
expect_code 0 mlpipe run p.yaml
object=$(find .mlpipe/objects -name o.txt)
chmod u+w "$object" && echo damaged >"$object"
expect_code 0 mlpipe run p.yaml -p v=2
expect_equal "$(ask_run latest "steps['p']['varying']")" True "p made other bytes: varying"
# Every recorded result holds: nothing is due, and both copies are p's output of that run.
expect_code 0 mlpipe run p.yaml -p v=2
expect_executed ""
for output in p.o b.o c.o; do mlpipe get latest "$output" "got-$output" >/dev/null; done
cmp got-p.o/o.txt got-b.o/o && cmp got-p.o/o.txt got-c.o/o
