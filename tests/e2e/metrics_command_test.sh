#!/usr/bin/env bash
# `metrics` shows what steps measured: a table, plots of what was written step by step, CSV and JSON; unknown names are told.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  a:
    command: |
      for i in 1 2 3 4; do echo "{\"name\": \"loss\", \"value\": 0.$((9 - i)), \"step\": $i}" >> $MLPIPE_METRICS; done
      echo '{"name": "loss", "value": NaN, "step": 5}' >> $MLPIPE_METRICS
      echo '{"name": "note", "value": "with, comma \"and\" quotes"}' >> $MLPIPE_METRICS
  b: {command: "echo '{\"name\": \"accuracy\", \"value\": 0.93}' >> $MLPIPE_METRICS"}
  c: {command: "true"}
END
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe metrics
expect_equal "$(head -n 4 "$work/out" | tr -s ' ')" "step metric last least greatest values
a loss nan 0.5 0.8 5
a note with, comma \"and\" quotes
b accuracy 0.93"
expect_equal "$(wc -l <"$work/out")" 4 "no plot where stdout is no terminal"

LC_ALL=C expect_code 0 mlpipe metrics latest a --name loss --plot
expect_out "loss  a"
expect_out "0.8 +**"
! LC_ALL=C grep -q '[^ -~]' "$work/out" || fail "not ASCII in the C locale"
LC_ALL=C.UTF-8 expect_code 0 mlpipe metrics latest --plot
expect_out "┤"

expect_code 0 mlpipe metrics latest --csv
expect_equal "$(cut -d, -f1-4 "$work/out" | head -n 3)" "step,metric,value,metric_step
a,loss,0.8,1
a,loss,0.7,2" "CSV"
expect_out 'a,note,"with, comma ""and"" quotes",,'
expect_code 0 mlpipe metrics latest --json
/usr/bin/python3 -c '
import json, jsonschema, sys
document = json.load(open(sys.argv[1]))
jsonschema.validate(document, json.load(open(sys.argv[2])))
loss, note, accuracy = document["metrics"]
assert (loss["last"], loss["least"], loss["greatest"], loss["count"]) == ("NaN", 0.5, 0.8, 5), loss
assert [value["step"] for value in loss["values"]] == [1, 2, 3, 4, 5], loss
assert note["least"] is None and note["values"][0]["step"] is None, note' \
  "$work/out" "$REPOSITORY/schemas/metrics.schema.json" || fail "metrics --json: $(cat "$work/out")"
# A reused step shows what its producer measured.
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe metrics latest b
expect_out 0.93

expect_code 2 mlpipe metrics latest --name los
expect_err "did you mean 'loss'"
expect_code 2 mlpipe metrics latest d
expect_code 2 mlpipe metrics latest --csv --json
expect_code 0 mlpipe metrics latest c
expect_err "has no metrics"

# Without any, a topic is named that says how they are written.
echo 'steps: {a: {command: "true"}}' >none.yaml
expect_code 0 mlpipe run none.yaml
expect_code 0 mlpipe metrics
expect_err "has no metrics" && expect_err "mlpipe help variables"
expect_code 0 mlpipe help variables && expect_out MLPIPE_METRICS && expect_out "make a curve"
