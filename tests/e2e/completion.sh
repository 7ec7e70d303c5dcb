#!/usr/bin/env bash
# Sourced by the tests of shell completion: a workspace with runs, and what a real shell completes.
. "$(dirname "$0")/lib.sh"

mkdir bin "$work/home"
ln -s "$MLPIPE" bin/mlpipe
export PATH=$work/bin:$PATH HOME=$work/home

make_pipeline() {
  cat >p.yaml <<'Y'
name: demo
experiment_name: trials
parameters: {rate: 0.1, rounds: 3, quick: true}
inputs: {table: {type: uri_file, path: ./table.csv}}
steps:
  prepare:
    description: Cleans the table
    command: 'cp "${{inputs.table}}" "${{outputs.clean}}"'
    inputs: {table: "${{parent.inputs.table}}"}
    outputs: {clean: {type: uri_file, file_name: clean.csv}}
  train:
    command: 'echo ${{parameters.rate}} > "${{outputs.model}}"'
    inputs: {clean: "${{steps.prepare.outputs.clean}}"}
    outputs: {model: {type: uri_file, file_name: model.txt}}
Y
  echo a,b >table.csv
  expect_code 0 mlpipe run p.yaml --tag nightly
  run=$(mlpipe runs --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
}

# offered LINE: what the shell under test offers at the end of LINE, one a line; each test has its own.
expect_offered() {  # expect_offered "mlpipe sh" show …: just these
  local got want
  got=$(offered "$1" 2>&1)
  want=$(printf '%s\n' "${@:2}")
  expect_equal "$(sort <<<"$got")" "$(sort <<<"$want")" "offered for '$1'"
}
expect_among() {  # expect_among "mlpipe run p.yaml --" --only …: these among others
  local got each
  got=$(offered "$1" 2>&1)
  for each in "${@:2}"; do
    grep -qxF -- "$each" <<<"$got" || fail "not offered for '$1': $each, but: $got"
  done
}
expect_nothing() { expect_equal "$(offered "$1" 2>&1)" "" "offered for '$1'"; }

# What every shell must do.
check_commands_and_options() {
  expect_offered "mlpipe sh" show
  expect_among "mlpipe " run runs plan why completion
  expect_among "mlpipe run p.yaml --" --only --from --parameter
  expect_offered "mlpipe completion " bash zsh fish
}
check_names() {
  expect_offered "mlpipe run p.yaml --only " prepare train
  expect_offered "mlpipe run p.yaml --only=tr" --only=train
  expect_offered "mlpipe why p.yaml tr" train
  expect_offered "mlpipe logs $run pre" prepare
  expect_offered "mlpipe show " latest "$run"
  expect_offered "mlpipe show ${run:0:3}" "$run"
  expect_offered "mlpipe run p.yaml --experiment " trials
  expect_offered "mlpipe run p.yaml -p r" rate= rounds=
  expect_offered "mlpipe run p.yaml -i " table=
  expect_offered "mlpipe get latest " prepare.clean train.model
  expect_offered "mlpipe run p.yaml --set steps.train.res" steps.train.resources.
  expect_among "mlpipe help " spec isolation run show
  expect_offered "mlpipe runs --status Comp" Completed
  expect_offered "mlpipe runs --where param" parameters.quick parameters.rate parameters.rounds
  expect_among "mlpipe runs --where " status duration tags.nightly
  expect_offered "mlpipe runs --columns id,param" id,parameters.quick id,parameters.rate id,parameters.rounds
  expect_offered "mlpipe compare --sort tags." tags.nightly
  expect_offered "mlpipe -C $work run p.yaml --only " prepare train
  expect_offered "mlpipe -C $work sh" show
}
check_silence() {
  local elsewhere
  elsewhere=$(mktemp -d)  # not below a workspace
  cd "$elsewhere"
  expect_nothing "mlpipe show "
  expect_nothing "mlpipe get latest "
  expect_nothing "mlpipe run none.yaml --only "
  expect_nothing "mlpipe nonsense "
  [[ -z $(ls -A) ]] || fail "completion left files: $(ls -A)"
  cd "$work"
  rmdir "$elsewhere"
  printf 'steps:\n  first: {command: "true"}\n  second: {command: [\n' >bad.yaml
  expect_among "mlpipe run bad.yaml --only " first
  printf '\377\000' >binary.yaml
  expect_nothing "mlpipe run binary.yaml --only "
}
