#!/usr/bin/env bash
# A damaged database says that it is, and what to do; after that the next run works.
. "$(dirname "$0")/faults.sh"

one_step 'echo 1 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
for damage in header middle; do
  if [[ $damage == header ]]; then
    printf 'this is no database' | dd of=.mlpipe/mlpipe.db conv=notrunc 2>/dev/null
  else
    head -c 60000 /dev/urandom | dd of=.mlpipe/mlpipe.db bs=1 seek=4096 conv=notrunc 2>/dev/null
  fi
  for command in "run p.yaml" runs; do
    # shellcheck disable=SC2086
    expect_code 3 mlpipe $command
    expect_err "$work/.mlpipe/mlpipe.db'"
    expect_err "it is damaged: move it away, then run again; steps that were done run once more"
  done
  mv .mlpipe/mlpipe.db "$damage"
  expect_code 0 mlpipe run p.yaml
  expect_executed make
  expect_sound_database
done
