#!/usr/bin/env bash
# Would break a look at a folder's own mtime: what changes is two levels down, in an input and in the sources.
. "$(dirname "$0")/lib.sh"

mkdir -p data/a/b src/a/b
echo 1 >data/a/b/c && echo 1 >src/a/b/c
cat >p.yaml <<'END'
steps:
  use:
    source_directory: src
    command: "cat ${{inputs.data}}/a/b/* a/b/* > ${{outputs.o}}"
    inputs: {data: {type: uri_folder, path: data}}
    outputs: {o: {type: uri_file}}
END
changed() {  # changed TEXT: the step runs again and makes this
  expect_code 0 mlpipe run p.yaml
  expect_executed use
  rm -rf got
  expect_code 0 mlpipe get latest use.o got
  expect_equal "$(paste -sd' ' got/o)" "$1"
}
sleep 2.1  # so old that hashes are remembered
changed "1 1"
echo 2 >data/a/b/c
changed "2 1"
echo 3 >src/a/b/c
changed "2 3"
echo 4 >data/a/b/d
changed "2 4 3"
mv src/a/b/c src/a/b/renamed
changed "2 4 3"
rm data/a/b/c
changed "4 3"
