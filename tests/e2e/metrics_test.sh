#!/usr/bin/env bash
# Lines in $MLPIPE_METRICS show up in show --json; what is no metric is noted and left out; a reused step shows the original's.
. "$(dirname "$0")/lib.sh"
mkdir src && cat >src/m.py <<'END'
import json, os, sys
with open(os.environ["MLPIPE_METRICS"], "a") as file:
    for step in range(2):
        file.write(json.dumps({"name": "loss", "value": 0.5 / (step + 1), "step": step, "time": 1700000000.5}) + "\n")
    file.write(json.dumps({"name": "bad", "value": float("nan")}) + "\n")
    file.write('{"name":"tight","value":NaN}\n{"name": "inf", "value": [-Infinity, 1]}\n')
    file.write('{"name": "text", "value": "the value: NaN is kept"}\n')
    file.write('no json\n{"value": 1}\n[1]\n\n{"name": "cut')
print("trained")
END
cat >p.yaml <<'END'
steps: {train: {command: "python3 m.py", source_directory: src}}
END
metrics() { ask_run latest "[(m['name'], m['value'], m['step']) for m in steps['train']['metrics']]"; }
expect_code 0 mlpipe run p.yaml
expected="[('loss', 0.5, 0), ('loss', 0.25, 1), ('bad', 'NaN', None), ('tight', 'NaN', None), "
expected+="('inf', ['-Infinity', 1], None), ('text', 'the value: NaN is kept', None)]"
expect_equal "$(metrics)" "$expected" metrics
expect_equal "$(ask_run latest "steps['train']['metrics'][0]['time'][:19]")" "2023-11-14T22:13:20"
for line in "line 7 of" "line 8 of" "line 9 of" "line 11 of"; do expect_err "$line \$MLPIPE_METRICS"; done
first=$(ask_run latest "run['run_id']")
attempts=$(ask_run latest "steps['train']['attempts']")

expect_code 0 mlpipe run p.yaml
expect_equal "$(metrics)" "$expected" "metrics of the reused step"
expect_equal "$(ask_run latest "steps['train']['from_run']")" "$first"
expect_equal "$(ask_run latest "steps['train']['attempts']")" "$attempts" "attempts of the reused step"
expect_code 0 mlpipe logs latest train && expect_out trained
expect_code 0 mlpipe show latest && expect_out "loss=0.25"
