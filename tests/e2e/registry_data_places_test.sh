#!/usr/bin/env bash
# Data that lies on a datastore or on the web is registered by its place, and read by its name.
. "$(dirname "$0")/http.sh"
refused() {  # refused "words" data create …
  local words=$1
  shift
  expect_code 2 mlpipe "$@"
  expect_err "$words"
}
mkdir -p store/raw && echo a,b >store/raw/t.csv
printf 'datastores: {lake: {type: local, path: ./store}}\n' >mlpipe.yaml
cat >cloud.yml <<'Y'
name: cloud
type: uri_folder
path: azureml://datastores/lake/paths/raw/
Y
expect_code 0 mlpipe data create -f cloud.yml
expect_out "data asset 'cloud:1' is registered: 1 file, 4 B, at azureml://datastores/lake/paths/raw"
expect_code 0 mlpipe data create -f cloud.yml -v 1 && expect_out "there already"
expect_code 0 mlpipe data show cloud && expect_out "azureml://datastores/lake/paths/raw"
cat >p.yml <<'Y'
jobs:
  show:
    command: cat ${{inputs.d}}/* > ${{outputs.o}}
    inputs: {d: {path: "azureml:cloud:1"}}
    outputs: {o: {type: uri_file}}
Y
expect_code 0 mlpipe run --local p.yml && expect_executed show
expect_code 0 mlpipe get latest show.o got
expect_equal "$(find got -type f -exec cat {} +)" "a,b"
expect_code 0 mlpipe run --local p.yml && expect_executed ""
# The place is looked up when it is used: what is there counts, and that it was changed is told.
echo c,d >>store/raw/t.csv
expect_code 0 mlpipe run --local p.yml && expect_executed show
expect_err "the data asset 'cloud:1'"
mv store lake && sed -i 's,./store,./lake,' mlpipe.yaml
expect_code 0 mlpipe run --local p.yml && expect_executed ""
sed -i 's/lake:/other:/' mlpipe.yaml
expect_code 2 mlpipe run --local p.yml
expect_err "p.yml:4:24: error: the workspace has no datastore 'lake'"
refused "the workspace has no datastore 'lake'" data create -f cloud.yml

# An address is fetched by the pipeline that reads it.
start_server
echo x,y >served/w.csv
expect_code 0 mlpipe data create -n web --type uri_file --path "$url/files/w.csv"
expect_out "data asset 'web:1' is registered: at $url/files/w.csv"
expect_equal "$(requests 2>/dev/null || echo 0)" 0
sed -i 's,azureml:cloud:1,azureml:web:1,; s,}}/\*,}},' p.yml
expect_code 0 mlpipe run --local p.yml && expect_executed show
expect_code 0 mlpipe run --local p.yml && expect_executed ""
refused "is one file, and the type is uri_folder" data create -n web --path "$url/files/w.csv"
refused "mlpipe does not read 'wasbs://a@b/c' yet" data create -n cold --path wasbs://a@b/c
refused "has a password or signature with it" data create -n secret --type uri_file --path "$url/files/w.csv?sv=1&sig=abc"
stop_server

# What is not there is told once, with the command that registers it.
cat >missing.yml <<'Y'
type: pipeline
inputs: {raw: {type: uri_folder, path: "azureml:nope:2"}}
jobs:
  a: {component: {inputs: {d: {type: uri_folder}}, command: "ls ${{inputs.d}}"}, inputs: {d: "${{parent.inputs.raw}}"}}
  b: {component: "azureml:train:3"}
  c: {component: azureml://registries/azureml/components/score/versions/1}
Y
refused "missing.yml:2:40: error: the input 'raw': there is neither a data asset nor a model 'nope'" validate --local missing.yml
expect_err "= register it: mlpipe data create --name nope --version 2 --path PATH"
expect_err "= register it: mlpipe component create --file FILE --name train --version 3"
expect_err "= mlpipe fetches nothing from registries; put one in its place: mlpipe component create --file FILE --name score"
expect_equal "$(grep -c error: err)" 3
# A component of another kind of work is registered for pipelines that are planned and drawn.
cat >score.yml <<'Y'
type: parallel
name: score
inputs: {d: {type: uri_folder}}
input_data: ${{inputs.d}}
task: {type: run_function, entry_script: score.py}
Y
expect_code 0 mlpipe component create -f score.yml
printf '%s\n' 'jobs:' '  c: {type: parallel, component: "azureml:score:1", inputs: {d: {path: ./lake}}}' >planned.yml
expect_code 0 mlpipe plan --local planned.yml
