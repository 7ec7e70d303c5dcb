#!/usr/bin/env bash
# model create, list, show, archive, restore, download: content is copied, gc keeps it, a lost one is told and comes back.
. "$(dirname "$0")/registering.sh"
echo weights >m.bin && echo other >n.bin
check_versions model "-n thing --path m.bin" "-n thing --path n.bin"

mkdir -p churn/sub && echo w >churn/MLmodel && echo x >churn/sub/x && printf '#!/bin/sh\n' >churn/run.sh && chmod 700 churn/run.sh
ln -s sub/x churn/link && echo ignored >churn/.gitignore && echo kept >churn/ignored
printf 'name: churn\ntype: mlflow_model\npath: ../churn\ndescription: who leaves\nflavors: {sklearn: {}}\n' >sub.yml
mkdir sub && mv sub.yml sub/model.yml
expect_code 0 mlpipe model create -f sub/model.yml && expect_out "model 'churn:1' is registered: 5 files" && expect_out "kept in the store"
refused "is a file, and mlflow_model is a folder" model create -n x --type mlflow_model --path m.bin

# The original may go; a copy is written, of everything, as it was.
cp -r churn as_it_was && rm -r churn
expect_equal "$(told asset-download "d['version'], d['files'], d['destination']" model download churn copy)" "('1', 5, '$work/copy')"
diff -r as_it_was copy || fail "the copy is another one"
[[ -x copy/run.sh && -L copy/link && -w copy/MLmodel ]] || fail "kinds and permissions"
expect_code 2 mlpipe model download churn:1 copy && expect_err "it exists already"
expect_code 0 mlpipe model download thing:1 file && expect_file file/m.bin weights
expect_code 0 mlpipe model download thing@latest file && expect_file file/n.bin other

# gc keeps models, archived ones too, whatever is asked for.
expect_code 0 mlpipe model archive churn
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml && run=$(newest)
expect_code 0 mlpipe model create -n trained --path "azureml://jobs/${run:0:5}/outputs/train.model"
expect_code 0 mlpipe model create -n trained --path "runs:/latest/train.model"
expect_code 0 mlpipe delete "$run" --yes
expect_code 0 mlpipe gc --older-than 0s --max-size 1kB && expect_whole_store
expect_code 2 mlpipe get "$run" report.page nowhere
expect_code 0 mlpipe model download trained taken && expect_file taken/model.bin "$(cat table.csv)"
expect_equal "$(told asset "d['run_id'], d['step'], d['output']" model show trained:1)" "('$run', 'train', 'model')"
expect_code 0 mlpipe model download churn:1 again && diff -r as_it_was again
expect_code 0 mlpipe verify --deep --json && expect_schema verify
expect_code 0 mlpipe verify && expect_out "all are whole"

# Damage is told by the model's name; the same files, registered again, bring it back.
path=$(told asset "d['path']" model show thing:1)
chmod -R u+w .mlpipe/objects && echo evil >>"$path"
expect_code 3 mlpipe verify && expect_out "the registered model 'thing:1'" && expect_out "registered again under that version"
expect_code 3 mlpipe verify --json && expect_schema verify && expect_out "\"asset\": \"model 'thing:1'\""
expect_code 2 mlpipe model download thing:1 nowhere && expect_err "the model 'thing:1' is missing or damaged"
expect_code 0 mlpipe model create -n thing -v 1 --path m.bin && expect_out "there already"
expect_code 0 mlpipe model download thing:1 anew && expect_file anew/m.bin weights
expect_code 0 mlpipe verify

# What a run does not have.
expect_code 0 mlpipe run p.yaml
refused "has no output 'train.modle' (did you mean 'train.model'?)" model create -n x --path runs:/latest/train.modle
refused "there is no run" model create -n x --path azureml://jobs/zzz/outputs/train.model
