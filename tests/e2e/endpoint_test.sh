#!/usr/bin/env bash
# endpoint list, show and the changes, for people and as JSON.
. "$(dirname "$0")/lib.sh"

cat >p.yaml <<'Y'
parameters:
  rate: {type: number, default: 0.5, min: 0, max: 1, description: how fast}
  mode: {type: string, default: fast, enum: [fast, slow]}
  seed: 7
inputs: {table: {type: uri_file, path: table.csv}}
steps: {s: {command: "cat ${{inputs.t}}; echo ${{parameters.rate}} ${{parameters.mode}} ${{parameters.seed}}", inputs: {t: "${{parent.inputs.table}}"}}}
Y
echo 1 >table.csv
expect_code 0 mlpipe publish p.yaml --endpoint churn --description "what it is"
expect_code 0 mlpipe publish p.yaml --endpoint churn -p seed=8 --json
expect_schema publish
expect_out '"version": "2"'
expect_code 0 mlpipe endpoint list
expect_out "what it is"
expect_code 0 mlpipe endpoint list --json
expect_schema endpoints
expect_code 0 mlpipe endpoint show churn
expect_out "endpoint 'churn', enabled"
expect_out "1 (default)"
expect_out "0 to 1"
expect_out "one of fast, slow"
expect_out "how fast"
expect_out "mlpipe submit -C $PWD churn -p rate=0.5 -p mode=fast -p seed=7 -i table=$PWD/table.csv"
command=$(tail -n 1 out)
expect_code 0 bash -c "cd / && ${command/mlpipe/\"$MLPIPE\"} --wait"
expect_code 0 mlpipe endpoint show churn -v 2 --json
expect_schema endpoint
expect_out '"default": "8"'
expect_code 0 mlpipe endpoint set-default churn 2 --json
expect_schema endpoint-change
expect_code 0 mlpipe endpoint update churn --max-concurrent-runs 1 --description other
expect_code 0 mlpipe endpoint show churn
expect_out "at most 1 run at a time"
expect_out other
expect_code 0 mlpipe endpoint update churn --max-concurrent-runs 0
expect_code 0 mlpipe endpoint show churn
expect_out "endpoint 'churn', enabled"
rm table.csv
expect_code 0 mlpipe endpoint show churn
expect_out "version 2 could not be run now"
expect_code 0 mlpipe endpoint show churn --json
expect_schema endpoint
for change in disable enable archive restore; do
  expect_code 0 mlpipe endpoint "$change" churn --json
  expect_schema endpoint-change
done
expect_code 0 mlpipe endpoint delete-version churn 1 --json
expect_schema endpoint-change
expect_code 2 mlpipe endpoint
expect_code 2 mlpipe endpoint shwo churn
