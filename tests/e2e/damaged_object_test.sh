#!/usr/bin/env bash
# A damaged object is found when it is used: its producer runs again, in the same run.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
parameters: {word: one}
steps:
  prep: {command: '$(trace prep); echo good > \${{outputs.o}}', outputs: {o: {type: uri_file}}}
  a: {command: '$(trace a); cat \${{inputs.i}}; echo \${{parameters.word}}', inputs: {i: "\${{steps.prep.outputs.o}}"}}
  b: {command: '$(trace b); cat \${{inputs.i}}; echo b \${{parameters.word}}', inputs: {i: "\${{steps.prep.outputs.o}}"}}
Y
expect_code 0 mlpipe run p.yaml
object=$(find .mlpipe/objects -type f -path '*/content/o')
for round in 1 2; do
  touch -r "$object" before
  chmod u+w "$object"
  printf 'evil!' | dd of="$object" bs=5 conv=notrunc status=none  # as long, the same folder
  touch -r before "$object"
  rm traces
  expect_code 0 mlpipe run -j4 -p word="word$round" p.yaml
  expect_traces "a b prep"
  expect_code 0 mlpipe logs latest a
  expect_out good
done
expect_code 0 mlpipe run -p word=word2 p.yaml
expect_executed ""
expect_sound_database
