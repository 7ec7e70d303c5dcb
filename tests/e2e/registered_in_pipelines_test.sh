#!/usr/bin/env bash
# What is registered is used by name: components with their sources as they were, data that changed in place is told,
# outputs that register themselves, models and outputs of earlier runs as inputs.
. "$(dirname "$0")/lib.sh"

mkdir -p comp/src data
echo 'cat "$1" >"$2/all"; echo first >>"$2/all"' >comp/src/join.sh
cat >comp/join.yml <<'Y'
name: join
version: 1
type: command
inputs: {table: {type: uri_file}}
outputs: {joined: {type: uri_folder}}
code: ./src
command: sh join.sh ${{inputs.table}} ${{outputs.joined}}
Y
echo a >data/t.csv
expect_code 0 mlpipe component create -f comp/join.yml
expect_code 0 mlpipe data create -n table -v 1 --type uri_file --path data/t.csv
# Its files may change or go: the version is what it was.
echo 'echo second >"$2/all"' >comp/src/join.sh
rm comp/join.yml

cat >p.yml <<'Y'
type: pipeline
inputs: {table: {type: uri_file, path: azureml:table@latest}}
outputs: {best: {type: custom_model, name: joiner}}
jobs:
  make:
    component: azureml:join:1
    inputs: {table: "${{parent.inputs.table}}"}
    outputs: {joined: "${{parent.outputs.best}}"}
Y
expect_code 0 mlpipe run p.yml --local
expect_code 0 mlpipe get latest make.joined got
expect_file got/all $'a\nfirst'
expect_code 0 mlpipe model show joiner && expect_out "joiner:1"
expect_code 0 mlpipe run p.yml --local && expect_out "nothing to do"
expect_code 0 mlpipe model list && expect_out "joiner"
! "$MLPIPE" model show joiner:2 >/dev/null 2>&1 || fail "the same model got a second version"

# The colleague changed the table in place: told, and the step runs again.
echo b >data/t.csv
expect_code 0 mlpipe plan p.yml --local && expect_err "table:1"
expect_code 0 mlpipe run p.yml --local && expect_err "table:1" && expect_out "1 ran"
expect_code 0 mlpipe model show joiner && expect_out "joiner:2"

# A model, and an output of an earlier run, as inputs.
run=$("$MLPIPE" runs --json | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
cat >use.yml <<Y
type: pipeline
jobs:
  read:
    command: cat \${{inputs.model}}/all \${{inputs.made}}/all > \${{outputs.both}}/x
    inputs:
      model: {type: custom_model, path: "azureml:joiner:1"}
      made: {path: "azureml://jobs/$run/outputs/make.joined"}
    outputs: {both: }
Y
expect_code 0 mlpipe run use.yml --local
expect_code 0 mlpipe get latest read.both both
expect_file both/x $'a\nfirst\nb\nfirst'

# What is not there, and what would not stay as it is.
sed -i 's/join:1/jion:1/' p.yml
expect_code 2 mlpipe validate p.yml --local && expect_err "jion" && expect_err "p.yml:6:"
cat >pipe.yml <<'Y'
name: pair
type: pipeline
jobs: {a: {component: "azureml:join", inputs: {table: {path: "azureml:table:1"}}}}
Y
expect_code 2 mlpipe component create -f pipe.yml && expect_err "names no version"
sed -i 's/azureml:join"/azureml:join:1"/' pipe.yml
expect_code 0 mlpipe component create -f pipe.yml
echo 'type: pipeline
jobs: {twice: {component: azureml:pair}}' >twice.yml
expect_code 0 mlpipe graph twice.yml --local && expect_out "twice/a"
Y=$(printf 'name: c\ninputs: {d: {type: string}}\ncode: ${{inputs.d}}\ncommand: x\n')
echo "$Y" >c.yml
expect_code 2 mlpipe component create -f c.yml && expect_err "cannot depend on its inputs"
