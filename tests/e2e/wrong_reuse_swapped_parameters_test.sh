#!/usr/bin/env bash
# Would break a key made of the set of values: two parameters, literals or variables exchange theirs.
. "$(dirname "$0")/lib.sh"

cat >p.yaml <<'END'
parameters: {a: 1, b: 2}
steps:
  text: {command: "echo ${{parameters.a}}-${{parameters.b}} > ${{outputs.o}}", outputs: {o: {type: uri_file}}}
  literal:
    command: 'echo $MLPIPE_INPUT_x-$MLPIPE_INPUT_y > ${{outputs.o}}'
    inputs: {x: "${{parameters.a}}", y: "${{parameters.b}}"}
    outputs: {o: {type: uri_file}}
  variable:
    command: 'echo $X-$Y > ${{outputs.o}}'
    environment_variables: {X: "${{parameters.a}}", Y: "${{parameters.b}}"}
    outputs: {o: {type: uri_file}}
END
expect_bytes() {  # expect_bytes 1-2: each step made this
  local step
  for step in text literal variable; do
    rm -rf got
    expect_code 0 mlpipe get latest "$step.o" got
    expect_file got/o "$1"
  done
}
expect_code 0 mlpipe run p.yaml
expect_bytes 1-2
expect_code 0 mlpipe run p.yaml -p a=2 -p b=1
expect_executed "literal text variable"
expect_bytes 2-1
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_bytes 1-2
