#!/usr/bin/env bash
# Would break a trusted fresh mtime: the file is rewritten, same size, right after it was hashed, so often that
# the file system's clock does not move in between.
. "$(dirname "$0")/lib.sh"

cat >p.yaml <<'END'
steps:
  use:
    command: "cat ${{inputs.data}} > ${{outputs.o}}"
    inputs: {data: {type: uri_file, path: data.txt}}
    outputs: {o: {type: uri_file}}
END
for i in {10..15}; do
  echo "$i" >data.txt
  "$MLPIPE" run p.yaml >log 2>&1 &
  run=$!
  for j in {1..20}; do echo "$((i + 50 + j % 2 * 20))" >data.txt; done
  echo "$i" >data.txt
  wait "$run" || { cat log; fail "the run failed"; }
  expect_code 0 mlpipe run p.yaml
  rm -rf got
  expect_code 0 mlpipe get latest use.o got
  expect_file got/o "$i"
done
