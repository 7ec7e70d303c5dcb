#!/usr/bin/env bash
# A file that moves after it was hashed is looked at again, for every step that reads it.
. "$(dirname "$0")/running.sh"

echo old >data
cat >p.yaml <<Y
steps:
  first: {command: '$(trace first); $(until_go first)'}
  a: {command: 'echo a; cat \${{inputs.d}} > \${{outputs.o}}', inputs: {d: {type: uri_file, path: ./data}}, outputs: {o: {type: uri_file}}}
  b: {command: 'echo b; cat \${{inputs.d}} > \${{outputs.o}}', inputs: {d: {type: uri_file, path: ./data}}, outputs: {o: {type: uri_file}}}
  c: {command: 'echo c; cat \${{inputs.d}} > \${{outputs.o}}', inputs: {d: {type: uri_file, path: ./data}}, outputs: {o: {type: uri_file}}}
Y
start run run -j1 p.yaml
wait_until 20 has_trace first
echo new >data
go first
expect_end 0 "$driver"
for step in a b c; do
  expect_code 0 mlpipe get latest "$step.o" "got-$step"
  expect_file "got-$step/o" new
done
expect_code 0 mlpipe run p.yaml
expect_executed ""
echo old >data
expect_code 0 mlpipe run p.yaml
expect_executed "a b c"
