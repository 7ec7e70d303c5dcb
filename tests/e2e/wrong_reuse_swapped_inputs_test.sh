#!/usr/bin/env bash
# Would break a key of hashes without the inputs' names: train and test exchange their data.
. "$(dirname "$0")/lib.sh"

echo "of train" >one.txt
echo "of test" >two.txt
mkdir -p left right && echo l >left/f && echo r >right/f
pipeline() {  # pipeline TRAIN TEST FOLDER FOLDER STEP STEP
  cat <<END
steps:
  a: {command: "echo a > \${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  b: {command: "echo b > \${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  files:
    command: "cat \${{inputs.train}} \${{inputs.test}} > \${{outputs.o}}"
    inputs: {train: {type: uri_file, path: $1}, test: {type: uri_file, path: $2}}
    outputs: {o: {type: uri_file}}
  folders:
    command: "cat \${{inputs.train}}/f \${{inputs.test}}/f > \${{outputs.o}}"
    inputs: {train: {type: uri_folder, path: $3}, test: {type: uri_folder, path: $4}}
    outputs: {o: {type: uri_file}}
  steps:
    command: "cat \${{inputs.train}} \${{inputs.test}} > \${{outputs.o}}"
    inputs: {train: "\${{steps.$5.outputs.o}}", test: "\${{steps.$6.outputs.o}}"}
    outputs: {o: {type: uri_file}}
END
}
expect_bytes() {  # expect_bytes STEP TEXT
  rm -rf got
  expect_code 0 mlpipe get latest "$1.o" got
  expect_equal "$(paste -sd, got/o)" "$2" "$1"
}
pipeline one.txt two.txt left right a b >p.yaml
expect_code 0 mlpipe run p.yaml
expect_bytes files "of train,of test"
pipeline two.txt one.txt right left b a >p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed "files folders steps"
expect_bytes files "of test,of train"
expect_bytes folders r,l
expect_bytes steps b,a
# The contents exchanged instead of the paths: the same work as at first, but for the files' names.
pipeline one.txt two.txt left right a b >p.yaml
mv left aside && mv right left && mv aside right
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_bytes folders r,l
