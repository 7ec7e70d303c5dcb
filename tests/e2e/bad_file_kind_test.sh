#!/usr/bin/env bash
# What is no text file of a sensible size is refused at once, and says what it is.
. "$(dirname "$0")/faults.sh"

refused() {  # refused "message": the file bad.yaml
  expect_code 2 timeout 20 "$MLPIPE" run bad.yaml
  expect_err "cannot read the pipeline file '$work/bad.yaml'"
  expect_err "$1"
  rm -rf bad.yaml
}
touch pipeline.yaml
refused "there is no such file"
expect_code 2 mlpipe run pipelin.yaml
expect_err "did you mean 'pipeline.yaml'?"
expect_code 2 mlpipe run nowhere/pipeline.yaml
expect_err "nor the folder '$work/nowhere'"
mkdir bad.yaml
touch bad.yaml/pipeline.yaml
refused "did you mean '$work/bad.yaml/pipeline.yaml'?"
mkfifo bad.yaml
refused "it is a FIFO, socket or device, not a file"
ln -s gone bad.yaml
refused "a link that leads nowhere"
head -c 100000 "$MLPIPE" >bad.yaml
refused "it is a binary file"
truncate -s 100M bad.yaml
refused "it has 104.9 MB"
[[ ! -e .mlpipe ]] || fail "a bad file left a .mlpipe"
