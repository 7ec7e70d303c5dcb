#!/usr/bin/env bash
# What counts as a step's sources: of registered components what was registered, and never what runs put there.
. "$(dirname "$0")/lib.sh"

# A script that starts another language is looked for where it is kept, not where it came from.
mkdir src && echo 'python3 -c "print(1)" >"$1/o"' >src/go.sh
cat >module.yml <<'Y'
name: module
outputs: {o: {type: uri_folder}}
source_directory: ./src
script_name: go.sh
arguments: ["${{outputs.o}}"]
Y
expect_code 0 mlpipe component create -f module.yml
echo 'steps: {a: {component: "module:1"}}' >use.yaml
expect_code 0 mlpipe run use.yaml
mv src gone
expect_code 0 mlpipe run use.yaml && expect_out "nothing to do"

# Two components in one folder leave out a file each.
mkdir two && echo both >two/data
for name in a b; do
  other=$([[ $name == a ]] && echo b || echo a)
  printf 'name: %s\ncode: .\noutputs: {o: {}}\ncommand: cat data %s.yml >${{outputs.o}}/o; test ! -e %s.yml\n' \
    $name $other $name >two/$name.yml
done
cat >two/pair.yml <<'Y'
name: pair
type: pipeline
jobs: {a: {component: ./a.yml}, b: {component: ./b.yml}}
Y
expect_code 0 mlpipe component create -f two/pair.yml
printf 'type: pipeline\njobs: {p: {component: "azureml:pair:1"}}\n' >pair.yml
expect_code 0 mlpipe run pair.yml --local && expect_out "2 ran"

# What runs put below sources, under their own ids or into what is added, is no source.
mkdir work common && echo 'echo x >"$1/f"; ls' >work/s.sh && echo 1 >common/one
cat >work/p.yml <<'Y'
type: pipeline
jobs:
  a:
    code: .
    additional_includes: [../common]
    command: sh s.sh ${{outputs.o}} && cp common/one ${{outputs.p}}
    outputs:
      o: {path: "./res-${{name}}/o"}
      p: {path: ../common/made}
Y
expect_code 0 mlpipe run work/p.yml --local
expect_code 0 mlpipe run work/p.yml --local && expect_out "nothing to do"
[[ $(echo work/res-*/o/f | wc -w) == 2 ]] || fail "each run has a copy of its own"
echo 2 >common/one
expect_code 0 mlpipe run work/p.yml --local && expect_out "1 ran"
