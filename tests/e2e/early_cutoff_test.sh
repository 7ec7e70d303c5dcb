#!/usr/bin/env bash
# A step that runs anew and makes the same bytes stops the wave there, within the run.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  prep: {command: 'echo ${{parameters.word}} | wc -c > ${{outputs.o}}', outputs: {o: {type: uri_file}}}
  train: {command: 'cp ${{inputs.i}} ${{outputs.o}}', inputs: {i: "${{steps.prep.outputs.o}}"}, outputs: {o: {type: uri_file}}}
  report: {command: 'cat ${{inputs.i}}', inputs: {i: "${{steps.train.outputs.o}}"}}
Y
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe run -p word=two p.yaml
expect_executed prep
expect_code 0 mlpipe run -p word=three p.yaml
expect_executed "prep report train"
