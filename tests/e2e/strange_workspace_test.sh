#!/usr/bin/env bash
# A workspace and a pipeline file may have any name; all commands find them.
. "$(dirname "$0")/faults.sh"

names=("${strange_names[@]}" $'caf\xe9')
for name in "${names[@]}"; do
  mkdir -- "./$name" && pushd -- "./$name" >/dev/null
  one_step 'echo 1 > ${{outputs.made}}; cp ${{outputs.made}} ${{outputs.other}}' >"./$name"
  sed -i 's/made: {type: uri_file}/&, other: {type: uri_folder}/' "./$name"
  expect_code 0 mlpipe run "./$name"
  expect_code 0 mlpipe run -- "$name"
  expect_executed ""
  expect_code 0 mlpipe get latest make.other got
  expect_file got/made 1
  expect_code 0 mlpipe logs latest
  expect_code 0 mlpipe why "./$name" make
  expect_code 0 mlpipe runs --json
  /usr/bin/python3 -m json.tool "$work/out" >/dev/null || fail "no JSON"
  popd >/dev/null
  expect_code 0 mlpipe show -C "./$name"
done
[[ -z $(find . -name hacked) ]] || fail "something was executed"
