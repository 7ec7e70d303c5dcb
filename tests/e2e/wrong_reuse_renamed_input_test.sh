#!/usr/bin/env bash
# Would break a key without the names that a step sees: equal bytes under another name, as input and as output.
. "$(dirname "$0")/lib.sh"

echo same >a.csv && cp a.csv b.csv
pipeline() {  # pipeline INPUT OUTPUT
  cat <<END
steps:
  make: {command: "echo same > \${{outputs.o}}", outputs: {o: {type: uri_file, file_name: $2}}}
  use:
    command: "basename \${{inputs.i}} > \${{outputs.o}}; basename \${{inputs.m}} >> \${{outputs.o}}"
    inputs: {i: {type: uri_file, path: $1}, m: "\${{steps.make.outputs.o}}"}
    outputs: {o: {type: uri_file}}
END
}
expect_bytes() {
  rm -rf got
  expect_code 0 mlpipe get latest use.o got
  expect_equal "$(paste -sd' ' got/o)" "$1"
}
pipeline a.csv one.txt >p.yaml
expect_code 0 mlpipe run p.yaml
expect_bytes "a.csv one.txt"
pipeline b.csv one.txt >p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed use
expect_bytes "b.csv one.txt"
pipeline b.csv two.txt >p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed "make use"
expect_bytes "b.csv two.txt"
