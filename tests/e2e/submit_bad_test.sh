#!/usr/bin/env bash
# What publish, submit and endpoint refuse, and in which words; nothing is queued then.
. "$(dirname "$0")/lib.sh"

refused() {  # refused "message" word...
  local message=$1
  shift
  expect_code 2 mlpipe "$@"
  expect_err "$message"
}

refused "nothing is published in the workspace" submit churn
refused "there is no endpoint 'churn'" endpoint show churn
expect_code 0 mlpipe endpoint list
expect_out "nothing is published"
cat >p.yaml <<'Y'
parameters:
  rate: {type: integer, default: 3, min: 1, max: 9}
  mode: {type: string, default: fast, enum: [fast, slow]}
inputs: {table: {type: uri_file, path: table.csv}}
steps: {s: {command: "cat ${{inputs.t}}; echo ${{parameters.rate}} ${{parameters.mode}}", inputs: {t: "${{parent.inputs.table}}"}}}
Y
refused "'table.csv', does not exist" publish p.yaml --endpoint churn
echo 1 >table.csv
refused "--endpoint" publish p.yaml
refused "--endpoint needs a value" publish p.yaml --endpoint=
for name in ../x a/b .hidden -x 'a b'; do
  refused "cannot be the name of an endpoint" publish p.yaml --endpoint="$name"
done
refused "cannot be the name of an endpoint" publish p.yaml --endpoint "$(printf 'a%.0s' {1..300})"
refused "is not UTF-8" publish p.yaml --endpoint churn --description $'\xff'
printf 'steps: {s: {command: "echo ${{parameters.no}}"}}\n' >bad.yaml
refused "bad.yaml:1:" publish bad.yaml --endpoint churn
printf 'jobs: {s: {type: spark, entry: {file: a.py}, code: ., resources: {instance_type: a, runtime_version: "3.3"}, conf: {spark.driver.cores: 1, spark.driver.memory: 1g, spark.executor.cores: 1, spark.executor.memory: 1g, spark.executor.instances: 1}}}\n' >spark.yml
touch a.py
refused "mlpipe does not run steps of type 'spark' yet" publish spark.yml --endpoint churn
expect_code 0 mlpipe endpoint list
expect_out "nothing is published"
expect_code 0 mlpipe publish p.yaml --endpoint churn

refused "there is no endpoint 'chrun' (did you mean 'churn'?)" submit chrun
refused "there is no endpoint '../churn'" submit ../churn
refused "has no version 7: it has 1" submit churn --version 7
refused "'x' is no version of an endpoint" submit churn --version x
refused "'0' is no version of an endpoint" submit churn --version 0
refused "has no parameter 'rat' (did you mean 'rate'?)" submit churn -p rat=3
refused "takes an integer, not 'much'" submit churn -p rate=much
refused "must be at most 9, not 10" submit churn -p rate=10
refused "takes fast or slow, not 'slwo'" submit churn -p mode=slwo
refused "expected NAME=VALUE" submit churn -p rate
refused "is a parameter, not data" submit churn -i rate=table.csv
refused "does not exist" submit churn -i table=no.csv
refused "is not UTF-8" submit churn --tag $'\xff'
expect_equal "$(mlpipe runs --json | /usr/bin/python3 -c 'import json,sys; print(len(json.load(sys.stdin)["runs"]))')" 0 "runs"

expect_code 0 mlpipe endpoint disable churn
refused "the endpoint 'churn' was disabled at" submit churn
expect_code 0 mlpipe endpoint disable churn
expect_out "already: nothing was changed"
expect_code 0 mlpipe endpoint enable churn
expect_code 0 mlpipe endpoint archive churn
refused "the endpoint 'churn' was archived at" submit churn
refused "is archived, nothing can be published under its name" publish p.yaml --endpoint churn -p rate=4
expect_code 0 mlpipe endpoint list
expect_out "nothing is published"
expect_code 0 mlpipe endpoint list --include-archived
expect_out "archived"
expect_code 0 mlpipe endpoint restore churn

# Versions that are given up.
expect_code 0 mlpipe publish p.yaml --endpoint churn -p rate=4
refused "version 1 is the default of the endpoint 'churn'" endpoint delete-version churn 1
refused "nothing is to be changed" endpoint update churn
refused "expected a whole number, at least 0" endpoint update churn --max-concurrent-runs -1
expect_code 0 mlpipe endpoint set-default churn 2
expect_code 0 mlpipe endpoint delete-version churn 1
refused "has no version 1: it has 2" submit churn -v 1
expect_code 0 mlpipe endpoint delete-version churn 2
refused "has no default version: all its versions were deleted" submit churn
expect_code 0 mlpipe publish p.yaml --endpoint churn -p rate=5
expect_out "version 3 of the endpoint 'churn' is published, its default"

# The same key again is the same run, with other values an error.
expect_code 0 mlpipe submit churn --idempotency-key k1 -p rate=6
id=$(cat out)
expect_code 0 mlpipe submit churn --idempotency-key k1 -p rate=6
expect_file out "$id"
expect_code 0 mlpipe endpoint disable churn
expect_code 0 mlpipe submit churn --idempotency-key k1 -p rate=6 --json
expect_schema submit
expect_out '"made": false'
refused "the idempotency key 'k1' was used before, for run $id, with other values: 'rate' was '6' then, and is '7' now" \
  submit churn --idempotency-key k1 -p rate=7
expect_equal "$(mlpipe runs --json | /usr/bin/python3 -c 'import json,sys; print(len(json.load(sys.stdin)["runs"]))')" 1 "runs"
wait_until 20 bash -c "\"$MLPIPE\" show $id --json | grep -q '\"status\": \"Completed\"'"

# What is started in the background is not to be called by hand.
refused "it is started by the queue's worker" __run-queued "$id"
