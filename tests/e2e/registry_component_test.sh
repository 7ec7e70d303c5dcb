#!/usr/bin/env bash
# component create, list, show, archive, restore: the file and its sources are kept; default and semantic versions.
. "$(dirname "$0")/registering.sh"
mkdir one two
for each in one two; do
  echo "print('$each')" >$each/train.py
  printf 'name: thing\ntype: command\ncommand: python train.py\ncode: .\ninputs: {x: {type: number}}\nenvironment: azureml:sk:1\n' >$each/c.yml
done
check_versions component "-f one/c.yml" "-f two/c.yml"
expect_equal "$(told asset "d['definition']['file'], d['type'], [s['directory'] for s in d['definition']['sources']]" component show thing:1)" \
  "('$work/one/c.yml', 'command', ['$work/one'])"
expect_code 0 mlpipe component show thing:2 && expect_out "command: python train.py" && expect_out "sources      $work/two"

# Elsewhere the same files are the same component; what becomes of them does not matter.
cp -r one copy
expect_code 0 mlpipe component create -f copy/c.yml -v 1 && expect_out "there already"
object=$(told asset "d['definition']['sources'][0]['object']" component show thing:1)
rm -r one copy
expect_code 0 mlpipe gc --older-than 0s --max-size 1kB
expect_file ".mlpipe/objects/${object:0:2}/$object/content/train.py" "print('one')"
[[ ! -e .mlpipe/objects/${object:0:2}/$object/content/c.yml ]] || fail "the component's own file is among its sources"
expect_code 0 mlpipe verify && expect_out "all are whole"

# NAME alone: `default`, else the highest if all are semantic versions, else the newest.
for version in 1.2.0 1.10.0 1.9.0; do expect_code 0 mlpipe component create -f two/c.yml -n sem -v $version; done
expect_equal "$(told asset "d['version']" component show sem)" 1.10.0
expect_equal "$(told asset "d['version']" component show sem@latest)" 1.9.0
expect_code 0 mlpipe component create -f two/c.yml -n sem -v 1.2.0 --label default
expect_equal "$(told asset "d['version']" component show sem)" 1.2.0

# What cannot be one.
refused "registered from its file: name it with -f FILE" component create -n x
expect_component_error() { printf '%b' "$2" >bad.yml && refused "$1" component create -f bad.yml; }
expect_component_error "the component does not say what to run" 'name: x\n'
expect_component_error "(did you mean 'command' by 'comand'?)" 'name: x\ncomand: y\n'
expect_component_error "no name: write \`name:\`" 'command: y\n'
expect_component_error "unknown type 'sweep' of a component" 'name: x\ntype: sweep\n'
expect_component_error "does not exist (did you mean 'two'?)" 'name: x\ncommand: y\ncode: ./tow\n'
expect_component_error "bad.yml:1:7: error: 'a b' cannot be the name of a component" 'name: a b\ncommand: y\n'
