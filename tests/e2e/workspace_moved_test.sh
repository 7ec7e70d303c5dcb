#!/usr/bin/env bash
# A workspace that is moved, copied or seen through a link still reuses everything; without .mlpipe nothing.
. "$(dirname "$0")/faults.sh"

mkdir -p ws/src && cd ws
echo 'cat "$1"; pwd >/dev/null' >src/a.sh
echo data >data.txt
cat >p.yaml <<'END'
inputs: {data: {type: uri_file, path: data.txt}}
steps:
  a: {source_directory: src, script_name: a.sh, arguments: ["${{inputs.data}}"], inputs: {data: "${{parent.inputs.data}}"}}
  b: {command: "echo 1 > ${{outputs.o}}", outputs: {o: {type: uri_file}}, depends_on: [a]}
END
expect_code 0 mlpipe run p.yaml
reused_in() {  # reused_in FOLDER
  cd "$1"
  expect_code 0 mlpipe run p.yaml
  expect_executed ""
  expect_code 0 mlpipe get latest b.o "$work/got-$RANDOM$RANDOM"
  expect_sound_database
}
ln -s ws ../link
reused_in ../link
cp -a "$work/ws" "$work/copy"
reused_in "$work/copy"
mv "$work/ws" "$work/moved"
reused_in "$work/moved"
mkdir -p deep/er && cd deep/er
expect_code 0 mlpipe run ../../p.yaml
expect_executed ""
expect_code 0 mlpipe runs
cd ../..
rm -rf .mlpipe
expect_code 0 mlpipe run p.yaml
expect_executed "a b"
