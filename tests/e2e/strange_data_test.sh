#!/usr/bin/env bash
# Inputs and outputs may lie at any path: as arguments, in commands with and without quotes, and at path:.
. "$(dirname "$0")/faults.sh"

for name in "${strange_names[@]}"; do
  rm -rf ./*
  mkdir in out-dir && echo data >"./in/$name" && touch in/$'caf\xe9'
  cat >p.yaml <<END
inputs:
  file: {type: uri_file, path: $(yaml_text "in/$name" | sed 's/[$][$]/$/')}  # no expressions here
  folder: {type: uri_folder, path: in}
steps:
  one:
    command: |
      cat \${{inputs.file}} "\${{inputs.file}}" '\${{inputs.file}}' > \${{outputs.o}}
      ls -A "\${{inputs.folder}}" | wc -l
    inputs: {file: "\${{parent.inputs.file}}", folder: "\${{parent.inputs.folder}}"}
    outputs: {o: {type: uri_file, path: $(yaml_text "out-dir/$name")}}
  two:
    command: cat \${{inputs.i}} >> "\${{outputs.o}}"
    inputs: {i: "\${{steps.one.outputs.o}}"}
    outputs: {o: {type: uri_file}}
END
  expect_code 0 mlpipe run p.yaml
  expect_file "./out-dir/$name" $'data\ndata\ndata'
  cp -- "./in/$name" ./other
  expect_code 0 mlpipe run p.yaml -i "file=./in/$name" -i "folder=in"
  expect_executed ""
  expect_code 0 mlpipe get latest two.o got
  expect_file got/o $'data\ndata\ndata'
done
[[ -z $(find . -name hacked) ]] || fail "something was executed"
