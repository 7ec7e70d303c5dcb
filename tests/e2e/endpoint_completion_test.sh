#!/usr/bin/env bash
# The shell completes endpoints, and the parameters and data inputs of a published version.
. "$(dirname "$0")/lib.sh"

cat >p.yaml <<'Y'
parameters: {rate: 0.1, rounds: 3, quick: true}
inputs: {table: {type: uri_file, path: ./table.csv}}
steps: {s: {command: "cat ${{inputs.table}}; echo ${{parameters.rate}} ${{parameters.rounds}} ${{parameters.quick}}", inputs: {table: "${{parent.inputs.table}}"}}}
Y
echo a >table.csv
expect_code 0 mlpipe publish p.yaml --endpoint churn
sed -i 's/rounds/turns/g' p.yaml
expect_code 0 mlpipe publish p.yaml --endpoint churn -p turns=7
expect_code 0 mlpipe publish p.yaml --endpoint gone
expect_code 0 mlpipe endpoint delete gone
rm p.yaml
offered() { mlpipe __complete plain "$@" | cut -f1 | tr '\n' ' '; }
expect_equal "$(offered submit '')" "churn "
expect_equal "$(offered runs --endpoint '')" "churn "
expect_equal "$(offered compare --endpoint c)" "churn "
expect_equal "$(offered submit churn -p '')" "rate= rounds= quick= "
expect_equal "$(offered submit churn -p r)" "rate= rounds= "
expect_equal "$(offered submit churn -v 2 -p '')" "rate= turns= quick= "
expect_equal "$(mlpipe __complete plain submit churn -v 2 -p turns=)" $'turns=7\tthe default'
expect_equal "$(offered submit churn --parameter quick=)" "quick=true quick=false "
expect_equal "$(offered submit churn -i '')" "table= "
expect_equal "$(offered submit churn -i table=tab)" "table=table.csv "
expect_equal "$(offered schedule create n --endpoint churn -p ro)" "rounds= "
expect_equal "$(offered submit gone -p '')" ""
expect_equal "$(offered submit churn -v 9 -p '')" ""
expect_equal "$(offered submit churn --params tab)" "table.csv "
here=$PWD
(cd / && expect_equal "$(offered submit -C "$here" churn -p ro)" "rounds= " "from elsewhere")
expect_equal "$(cd / && offered -C "$here" submit churn -p ro)" "rounds= "

# Quick enough to type on: 50 ms more than it takes to start, the best of five.
best_of() {  # best_of words…: milliseconds
  local best=1000 begin took
  for _ in 1 2 3 4 5; do
    begin=$(date +%s%N)
    mlpipe "$@" >/dev/null
    took=$((($(date +%s%N) - begin) / 1000000))
    ((took >= best)) || best=$took
  done
  echo "$best"
}
started=$(best_of --version)
completed=$(best_of __complete plain submit churn -p '')
((completed < started + 50)) || fail "completion took $completed ms, where --version takes $started"
