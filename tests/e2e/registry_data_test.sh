#!/usr/bin/env bash
# data create, list, show, archive, restore: by file and by options; the data stays where it is, with its content's hash.
. "$(dirname "$0")/registering.sh"
expect_code 0 mlpipe data list && expect_out "no data asset is registered"
refused "there is no data asset 'iris': nothing is registered in this workspace" data show iris
[[ ! -e .mlpipe ]] || fail "looking made a state directory"
mkdir data && echo a,b >data/iris.csv && echo c,d >data/other.csv
check_versions data "-n thing --path data/iris.csv --type uri_file" "-n thing --path data/other.csv --type uri_file"

cat >data/iris.yml <<'Y'
$schema: https://azuremlschemas.azureedge.net/latest/data.schema.json
name: iris
version: 3
description: |
  Fisher's irises
  in one table
tags: {team: plants, rows: 150}
type: uri_file
path: ./iris.csv
Y
expect_code 0 mlpipe data create -f data/iris.yml && expect_out "data asset 'iris:3' is registered: 1 file, 4 B, at $work/data/iris.csv"
expect_code 0 mlpipe data create -f data/iris.yml && expect_out "there already"
expect_equal "$(told asset "d['path'], d['registered_from'], d['object'], d['tags'], d['bytes']" data show iris)" \
  "('$work/data/iris.csv', '$work/data/iris.csv', None, {'rows': '150', 'team': 'plants'}, 4)"
hash=$(told asset "d['content_hash']" data show iris)
expect_code 0 mlpipe data show iris && expect_out "$hash" && expect_out "team=plants" && expect_out "Fisher's irises"
# Options win over the file.
expect_code 0 mlpipe data create -f data/iris.yml -n plants -v 1 --description short --tag new --path data/other.csv
expect_equal "$(told asset "d['description'], d['tags'], d['path']" data show plants:1)" \
  "('short', {'new': '', 'rows': '150', 'team': 'plants'}, '$work/data/other.csv')"

# Somebody changes the file: the same version is another one now.
echo more >>data/iris.csv
expect_code 2 mlpipe data create -f data/iris.yml && expect_err "its content differs"
expect_code 0 mlpipe data create -f data/iris.yml -v 4
[[ $(told asset "d['content_hash']" data show iris:4) != "$hash" ]] || fail "the hash of the new content is the old one"
expect_equal "$(told asset "d['content_hash']" data show iris:3)" "$hash"

# Folders; an mltable needs its file; data may be an output of a run, which the store keeps.
expect_code 0 mlpipe data create -n folder --path data && expect_out "3 files"
refused "holds no MLTable" data create -n t --path data --type mltable
touch data/MLTable && expect_code 0 mlpipe data create -n t --path data --type mltable
refused "is a file, and uri_folder (the type if none is given) is a folder" data create -n x --path data/iris.csv
refused "is a folder, and the type is uri_file" data create -n x --path data --type uri_file
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe data create -n page --type uri_file --path "azureml://jobs/$(newest)/outputs/report.page"
expect_equal "$(told asset "d['run_id'], d['step'], d['output'], open(d['path']).read()" data show page)" "('$(newest)', 'report', 'page', 'a,b\n1,2\n')"

# Labels.
expect_code 0 mlpipe data create -f data/iris.yml -v 4 --label gold
expect_equal "$(told asset "d['version'], d['labels']" data show iris@gold)" "('4', ['gold', 'latest'])"
refused "has no label 'silver'; it has 4 (gold, latest), 3" data show iris@silver
refused "'latest' names the newest version by itself" data create -f data/iris.yml -v 4 --label latest
