#!/usr/bin/env bash
# plan tells what would run and for how long, changes nothing, and --check exits with 4 if work is due.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {n: 1}
steps:
  a: {command: "echo one >${{outputs.o}}", outputs: {o: {type: uri_file}}}
  b: {command: "sleep 0.3; cat ${{inputs.d}} - <<<${{parameters.n}} >${{outputs.o}}",
      inputs: {d: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file}}}
END
plan_json() {
  mlpipe plan p.yaml --json "${@:2}" | /usr/bin/python3 -c '
import json, sys
plan = json.load(sys.stdin); steps = {s["step"]: s for s in plan["steps"]}
print(eval(sys.argv[1]))' "$1"
}
expect_code 0 mlpipe plan p.yaml && expect_out "2 of 2 steps due"
expect_code 4 mlpipe plan --check p.yaml
expect_code 0 mlpipe run --dry-run p.yaml && expect_out "2 of 2 steps due"
expect_equal "$(plan_json "[steps['a']['decision'], steps['b']['decision'], plan['due']]")" "['run', 'depends', 2]"
expect_equal "$(find . -mindepth 1 ! -name out ! -name err)" ./p.yaml "what plan left behind"

expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe plan --check p.yaml && expect_out "nothing to do: all 2 steps would be reused"
before=$(mlpipe runs --json)
expect_code 4 mlpipe plan --check p.yaml -p n=2
expect_out "1 of 2 steps due, about" && expect_out "'n' changed: 1 -> 2"
expect_equal "$(plan_json "[steps['a']['decision'], steps['b']['decision']]" -p n=2)" "['reuse', 'run']"
expect_equal "$(plan_json "0.3 <= steps['b']['expected_seconds'] < 60" -p n=2)" True "expected duration"
expect_code 0 mlpipe run --dry-run p.yaml -p n=2 && expect_out "1 of 2 steps due"
expect_equal "$(mlpipe runs --json)" "$before" "the runs after a dry run"

# An output that is reused and not at its path: is work too.
cat >q.yaml <<'END'
steps:
  f: {command: "echo one >${{outputs.o}}", outputs: {o: {type: uri_file, path: made/f.txt}}}
  d: {command: "echo one >${{outputs.o}}/a; echo two >${{outputs.o}}/b", outputs: {o: {type: uri_folder, path: made/d}}}
END
expect_code 0 mlpipe run q.yaml
expect_code 0 mlpipe plan --check q.yaml && expect_out "nothing to do: all 2 steps would be reused"
rm -r made/f.txt made/d/b
expect_code 4 mlpipe plan --check q.yaml
expect_out "output 'o' will be copied to '$work/made/f.txt' again" && expect_out "output 'o' will be copied to '$work/made/d' again"
expect_out "2 outputs to copy: all 2 steps would be reused"
expect_code 0 mlpipe plan q.yaml --json && expect_schema plan
expect_equal "$(/usr/bin/python3 -c '
import json
plan = json.load(open("out"))
print(plan["due"], plan["copies"], [m["will_be_copied"] for s in plan["steps"] for m in s["misplaced_outputs"]])')" "0 2 [True, True]"
expect_code 0 mlpipe run q.yaml && expect_executed "" && expect_file made/f.txt one && expect_file made/d/b two
echo edited >made/f.txt
expect_code 0 mlpipe plan --check q.yaml
expect_out "output 'o' is not copied to '$work/made/f.txt': what is there was edited since mlpipe put it there"
