#!/usr/bin/env bash
# Equal steps of one run are executed once, also with --regenerate-outputs; not with allow_reuse: false.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  one: {command: '$(trace work); echo x > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}}
  two: {command: '$(trace work); echo x > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}}
  all:
    command: 'cmp "\${{inputs.a}}" "\${{inputs.b}}"'
    inputs: {a: "\${{steps.one.outputs.o}}", b: "\${{steps.two.outputs.o}}"}
Y
expect_code 0 mlpipe run -j4 p.yaml
expect_traces "work"
expect_out "2 ran, 1 reused"
expect_code 0 mlpipe run -j4 --regenerate-outputs p.yaml
expect_traces "work work"
sed -i "s/outputs: {o: {type: uri_file}}/&, allow_reuse: false/" p.yaml
expect_code 0 mlpipe run -j4 p.yaml
expect_traces "work work work work"
expect_code 0 mlpipe run -j4 p.yaml
expect_traces "work work work work work work"
expect_equal "$(ask_run latest "steps['all']['reused']")" True "early cutoff below"
