#!/usr/bin/env bash
# Would break a look at size and mtime: a same-size rewrite whose mtime is put back, each way people do it.
. "$(dirname "$0")/lib.sh"

mkdir src data old
echo 'cat "$1" "$2"/deep/x value > "$3"' >src/use.sh
printf 'source 0' >src/value
mkdir data/deep && printf 'deeper 0' >data/deep/x
printf 'single 0' >single
cat >p.yaml <<'END'
steps:
  use:
    source_directory: src
    script_name: use.sh
    arguments: ["${{inputs.single}}", "${{inputs.data}}", "${{outputs.o}}"]
    inputs: {single: {type: uri_file, path: single}, data: {type: uri_folder, path: data}}
    outputs: {o: {type: uri_file}}
END
expect_bytes() {
  rm -rf got
  expect_code 0 mlpipe get latest use.o got
  expect_file got/o "$1"
}
sleep 2.1  # so old that their hashes are remembered
expect_code 0 mlpipe run p.yaml
expect_bytes "single 0deeper 0source 0"
touch -r single time
printf 'single 1' >single && touch -r time single
expect_code 0 mlpipe run p.yaml
expect_executed use
expect_bytes "single 1deeper 0source 0"
printf 'deeper 1' >old/x && touch -r data/deep/x old/x && cp -p old/x data/deep/x
expect_code 0 mlpipe run p.yaml
expect_executed use
expect_bytes "single 1deeper 1source 0"
printf 'source 1' >old/value && touch -r src/value old/value && tar -C old -cf old.tar value && tar -C src -xf old.tar
expect_code 0 mlpipe run p.yaml
expect_executed use
expect_bytes "single 1deeper 1source 1"
printf 'single 2' >old/single && touch -r time old/single && mv old/single single  # rsync -t
expect_code 0 mlpipe run p.yaml
expect_executed use
expect_bytes "single 2deeper 1source 1"
expect_code 0 mlpipe run p.yaml
expect_executed ""
