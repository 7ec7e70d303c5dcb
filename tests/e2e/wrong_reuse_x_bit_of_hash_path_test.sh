#!/usr/bin/env bash
# Would break a key of bytes alone: a step sees whether a file under hash_paths may be executed.
. "$(dirname "$0")/lib.sh"

mkdir src && echo x >tool
cat >p.yaml <<END
steps:
  look:
    source_directory: src
    command: "test -x $work/tool && echo yes || echo no"
    hash_paths: [../tool]
END
for answer in no yes no; do
  if [[ $answer == yes ]]; then chmod +x tool; else chmod -x tool; fi
  expect_code 0 mlpipe run p.yaml
  expect_equal "$(mlpipe logs latest look --stdout)" "$answer"
done
expect_executed ""
