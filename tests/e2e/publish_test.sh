#!/usr/bin/env bash
# publish, submit from another directory, change the code, publish again: the old version still runs the old code.
. "$(dirname "$0")/lib.sh"

mkdir -p src prep
cat >p.yml <<'Y'
inputs:
  rate: {type: integer, default: 3, min: 1, max: 9}
  word: {type: string, default: hello}
  table: {type: uri_file, path: table.csv}
jobs:
  prep:
    type: command
    component: ./prep/prep.yml
    inputs: {word: '${{parent.inputs.word}}', table: '${{parent.inputs.table}}'}
  train:
    type: command
    code: ./src
    command: bash train.sh ${{inputs.rate}} ${{inputs.clean}} >${{outputs.model}}
    environment: {image: any}
    inputs: {rate: '${{parent.inputs.rate}}', clean: '${{parent.jobs.prep.outputs.clean}}'}
    outputs: {model: {type: uri_file}}
Y
cat >prep/prep.yml <<'Y'
type: command
inputs: {word: {type: string}, table: {type: uri_file}}
outputs: {clean: {type: uri_file}}
code: .
command: bash prep.sh ${{inputs.word}} ${{inputs.table}} >${{outputs.clean}}
environment: {image: any}
Y
echo 'environments: {"*": {}}' >mlpipe.yaml
echo 'echo "$1"; cat "$2"' >prep/prep.sh
echo 'echo "rate $1"; cat "$2"' >src/train.sh
echo 1,2 >table.csv
git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm first
commit=$(git rev-parse HEAD)
here=$PWD
mkdir -p "$work/elsewhere"
cd "$work/elsewhere"
model() { rm -rf got && mlpipe get -C "$here" "$1" train.model got >/dev/null && paste -sd' ' got/*; }
submitted() {  # submitted CODE words…: waits; the id is in $id
  local code=$1
  shift
  expect_code "$code" mlpipe submit -C "$here" churn --wait "$@"
  id=$(head -n 1 "$work/out")
}

expect_code 0 mlpipe publish -C "$here" "$here/p.yml" --endpoint churn --description "nightly churn"
expect_out "version 1 of the endpoint 'churn' is published, its default"
submitted 0
expect_err "Completed in"
expect_err "2 of 2 steps completed, 0 of them reused"
first=$id
expect_equal "$(model "$first")" "rate 3 hello 1,2" "model of version 1"
expect_equal "$(cd "$here" && ask_run "$first" "[run['properties'][n] for n in ('mlpipe.endpoint', 'mlpipe.endpoint_version', 'azureml.git.commit')]")" \
  "['churn', '1', '$commit']" "where the run is from"

# A published pipeline that reuses everything says so.
submitted 0
expect_err "nothing was to be done, 2 of 2 steps reused from run $first"
submitted 0 -p rate=5 --experiment other --tag nightly --tag by=me
expect_err "2 of 2 steps completed, 1 of them reused"
expect_equal "$(model "$id")" "rate 5 hello 1,2" "model with another rate"
expect_equal "$(cd "$here" && ask_run "$id" "[run['experiment'], run['tags'], run['parameters']['rate']]")" \
  "['other', {'by': 'me', 'nightly': ''}, '5']" "experiment, tags, parameters"
echo 7,7 >new.csv
submitted 0 -i table=new.csv
expect_equal "$(model "$id")" "rate 3 hello 7,7" "model of other data"

# Equal: no version is made.
expect_code 0 mlpipe publish -C "$here" "$here/p.yml" --endpoint churn --set-default
expect_out "nothing was published: version 1 of the endpoint 'churn' is equal, and its default"

# Everything is another thing now: the version is not.
cd "$here"
echo 'echo "new rate $1"; cat "$2"' >src/train.sh
git -c user.name=a -c user.email=a@b commit -qam second
expect_code 0 mlpipe publish p.yml --endpoint churn -p word=bye
expect_out "version 2 of the endpoint 'churn' is published; its default is still version 1"
rm -r src prep p.yml
cd "$work/elsewhere"
submitted 0
expect_err "2 of 2 steps reused"
expect_equal "$(model "$id")" "rate 3 hello 1,2" "model of version 1, later"
submitted 0 --version 2
expect_equal "$(model "$id")" "new rate 3 bye 1,2" "model of version 2"
expect_code 0 mlpipe endpoint set-default -C "$here" churn 2
submitted 0 -p word=again
expect_equal "$(model "$id")" "new rate 3 again 1,2" "model of the default"

# Data are read as they are now.
echo 3,4 >"$here/table.csv"
submitted 0 -v 1
expect_equal "$(model "$id")" "rate 3 hello 3,4" "model of changed data"

# gc leaves what the versions need.
cd "$here"
mapfile -t ids < <(mlpipe runs --json | /usr/bin/python3 -c 'import json,sys; [print(r["run_id"]) for r in json.load(sys.stdin)["runs"]]')
expect_code 0 mlpipe delete --yes "${ids[@]}"
expect_code 0 mlpipe gc --older-than 0s
expect_code 0 mlpipe verify --deep
submitted 0 -v 1
expect_err "2 of 2 steps completed, 0 of them reused"
expect_equal "$(cd "$work/elsewhere" && model "$id")" "rate 3 hello 3,4" "model after gc"

# A run of it can be repeated, cloned and published itself.
expect_code 0 mlpipe run --from-run "$id" -p rate=8
expect_code 0 mlpipe clone "$id" "$work/clone"
[[ -f $work/clone/src/train.sh ]] || fail "no sources in the clone"
expect_code 0 mlpipe publish --from-run latest --endpoint from_run --json
expect_schema publish
expect_code 0 mlpipe submit from_run --wait
expect_err "2 of 2 steps reused"
expect_equal "$(cd "$work/elsewhere" && model latest)" "rate 8 hello 3,4" "model of what a run was published as"
