#!/usr/bin/env bash
# Parameters and data inputs without a value are published as they are; a submit must give them.
. "$(dirname "$0")/lib.sh"

mkdir src
echo 'cat "$1"' >src/show.sh
cat >p.yaml <<'Y'
parameters:
  rate: {type: number, min: 0, max: 0.5}
  rounds: {type: integer, min: 5}
  mode: {type: string, enum: [fast, slow]}
  quick: {type: boolean}
  word: {type: string}
  seed: 7
inputs: {table: {type: uri_file}, folder: {type: uri_folder}}
steps:
  s:
    source_directory: src
    command: "sh show.sh ${{inputs.t}} >${{outputs.o}}; ls ${{inputs.f}} >>${{outputs.o}}; echo ${{parameters.rate}} ${{parameters.rounds}} ${{parameters.mode}} ${{parameters.quick}} ${{parameters.word}} ${{parameters.seed}} >>${{outputs.o}}"
    inputs: {t: "${{parent.inputs.table}}", f: "${{parent.inputs.folder}}"}
    outputs: {o: {type: uri_file}}
Y
mkdir d && touch d/a
echo 1,2 >table.csv
expect_code 2 mlpipe run p.yaml
expect_err "the parameter 'word' has no default"
expect_code 2 mlpipe publish p.yaml --endpoint churn --freeze-inputs
expect_err "the input 'table' has no path and cannot be frozen: give one with -i table=PATH"
expect_code 0 mlpipe publish p.yaml --endpoint churn
expect_code 0 mlpipe endpoint show churn
expect_equal "$(grep -c '(required)' out)" 7 "what is required"
expect_out "-p rate=VALUE"
expect_out "-p seed=7 -i table=PATH -i folder=PATH"
expect_code 0 mlpipe endpoint show churn --json
expect_schema endpoint
expect_equal "$(/usr/bin/python3 -c 'import json; d = json.load(open("out"))
print([(p["name"], p["default"], p["required"]) for p in d["parameters"] + d["inputs"] if p["name"] in ("rate", "seed", "table")])')" \
  "[('rate', None, True), ('seed', '7', False), ('table', None, True)]" "what is required"

given=(-p rate=0.1 -p rounds=6 -p mode=slow -p quick=true -i "table=$PWD/table.csv" -i "folder=$PWD/d")
expect_code 2 mlpipe submit churn "${given[@]}"
expect_err "the parameter 'word' has no default and no value was given"
expect_err "give one with -p word=…"
[[ ! -s out ]] || fail "a run was promised: $(cat out)"
expect_code 2 mlpipe submit churn -p word=w "${given[@]:0:8}"
expect_err "the input 'table' has no path and none was given"
expect_err "give one with -i table=PATH"
expect_code 2 mlpipe schedule create nightly --endpoint churn --every 1h
expect_err "give one with -p rate=…"
expect_code 2 mlpipe submit churn -p word=w "${given[@]}" -p rounds=4
expect_err "must be at least 5"
rm -r src
expect_code 0 mlpipe submit churn -p word=w "${given[@]}" --wait
mlpipe get "$(cat out)" s.o got
expect_file got/o $'1,2\na\n0.1 6 slow true w 7'
mkdir src && echo 'cat "$1"' >src/show.sh
printf 'word: of a file\n' >v.yaml
expect_code 0 mlpipe submit churn --params v.yaml "${given[@]}" --wait

# What publish is given is a default, and what was published can be published again.
expect_code 0 mlpipe publish p.yaml --endpoint churn
expect_out "nothing was published"
expect_code 0 mlpipe publish p.yaml --endpoint churn -p word=w "${given[@]}" --set-default
expect_code 0 mlpipe endpoint show churn
expect_equal "$(grep -c '(required)' out || true)" 0 "what is required of the second version"
expect_code 0 mlpipe submit churn --wait
expect_equal "$(mlpipe __complete plain submit churn -v 1 -p w | cut -f1)" "word="
