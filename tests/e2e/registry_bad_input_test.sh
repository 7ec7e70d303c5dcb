#!/usr/bin/env bash
# Bad names, keys, paths and words are refused with their place, exit code 2, and leave nothing behind.
. "$(dirname "$0")/registering.sh"
echo x >f
bad_file() {  # bad_file "message" 'yaml' [kind]
  printf '%b' "$2" >bad.yml
  refused "$1" "${3:-data}" create -f bad.yml
}
bad_file "bad.yml:2:1: error: unknown key 'pth' in the data file (did you mean 'path'?)" 'name: a\npth: f\n'
bad_file "the data asset has no name: write \`name:\` in its file, or --name NAME" 'path: f\ntype: uri_file\n'
for name in -a .a a/b 'a b' 'a:1' 'ä'; do
  bad_file "cannot be a name" "name: \"$name\"\npath: f\ntype: uri_file\n"
  refused "the name '$name' must be letters" data create "--name=$name" --path f --type uri_file
done
bad_file "'1/2' cannot be a version" 'name: a\nversion: 1/2\npath: f\n'
bad_file "bad.yml:3:7: error: '$work/gone' does not exist" 'name: a\ntype: uri_file\npath: gone\n'
bad_file "(did you mean 'bad.yml'?)" 'name: a\ntype: uri_file\npath: bda.yml\n'
bad_file "there is no 'path'" 'name: a\n'
bad_file "is one file, and the type is uri_folder" 'name: a\npath: https://example.org/a.csv\n'
bad_file "the workspace has no datastore 'd'" 'name: a\npath: azureml://datastores/d/paths/x\n'
bad_file "mlpipe does not read 'wasbs://a@b/c' yet" 'name: a\npath: wasbs://a@b/c\n'
bad_file "unknown type 'custom_model' of a data asset" 'name: a\ntype: custom_model\npath: f\n'
bad_file "is a file, and uri_folder (the type if none is given) is a folder" 'name: a\npath: f\n'
bad_file "'tags' must be a map" 'name: a\ntags: [x]\npath: f\n'
bad_file "error: " 'name: [\n'
bad_file "error: " ''
bad_file "needs an 'image', or a 'build'" 'name: a\n' environment
bad_file "'conda_file' needs an 'image'" 'name: a\nconda_file: {dependencies: []}\n' environment
bad_file "unknown type 'uri_file' of a model" 'name: a\ntype: uri_file\npath: f\n' model
refused "there is no" data create -f gone.yml
refused "has no name" model create --path f
refused "there is no 'path': the file or folder that it is; nothing was registered" model create -n a
refused "'$work/gone' does not exist" model create -n a --path gone
refused "expected one of uri_folder, uri_file, mltable" data create -n a --path f --type uri_fil
refused "cannot be used together" environment create -f f -i x
touch "$(printf 'f\xff')" && refused "is no UTF-8" model create -n a --path "$(printf 'f\xff')"
mkfifo fifo && refused "neither a file nor a folder" model create -n a --path fifo

# The commands themselves.
refused "mlpipe data needs a command: create, list, show, archive, restore; see \`mlpipe data --help\`" data
refused "unknown command 'crate' (did you mean 'create'?); see \`mlpipe data --help\`" data crate
refused "unknown option '--pth' (did you mean '--path'?); see \`mlpipe data create --help\`" data create --pth x
refused "nothing is named: name one data asset, as NAME, NAME:VERSION or NAME@LABEL" data show
refused "an argument and --name" data show a --name b
refused "'a:1' and --version 2: name one version or one label" data show a:1 --version 2
refused "'a/b' names no data asset" data show a/b
for kind in component data environment model; do
  expect_equal "$(versions "$kind" list)" "" "registered"
done
