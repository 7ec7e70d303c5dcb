#!/usr/bin/env bash
# Sourced instead of lib.sh by tests of commands that look at runs: a pipeline whose runs differ.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# train has parameters, data, sources and metrics; report takes what it made and puts it somewhere.
training_pipeline() {  # training_pipeline >p.yaml
  mkdir -p src && printf 'a,b\n1,2\n' >table.csv
  # shellcheck disable=SC2016  # bash in the step expands it
  printf '%s\n' '[[ $1 != 13 ]] || exit 1' 'echo "{\"name\": \"accuracy\", \"value\": 0.$1}" >>"$MLPIPE_METRICS"' \
    'echo "{\"name\": \"loss\", \"value\": 2.5}" >>"$MLPIPE_METRICS"' \
    'cat "$2" >"$3"' >src/train.sh
  cat <<'END'
name: training
parameters: {score: {type: integer, default: 90}, seed: 1}
steps:
  train:
    source_directory: src
    script_name: train.sh
    arguments: ["${{parameters.score}}", "${{inputs.table}}", "${{outputs.model}}"]
    inputs: {table: {type: uri_file, path: table.csv}}
    outputs: {model: {type: uri_file, file_name: model.bin}}
  report:
    command: "cat ${{inputs.model}} >${{outputs.page}}; mkdir outputs; echo x >outputs/x"
    inputs: {model: "${{steps.train.outputs.model}}"}
    outputs: {page: {type: uri_file, file_name: page.txt, path: ./page.txt}}
END
}

# A question in Python to the JSON document that a command prints: `d`.
ask() {  # ask "len(d['runs'])" runs --status Failed
  local question=$1
  shift
  mlpipe "$@" --json | /usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$question"
}

newest() { ask_run latest "run['run_id']"; }

refused() {  # refused "message" word...
  local message=$1
  shift
  expect_code 2 mlpipe "$@"
  expect_err "$message"
}
