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
