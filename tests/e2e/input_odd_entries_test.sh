#!/usr/bin/env bash
# An input that is no file or folder, or holds what is none, is refused with its path.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
inputs: {data: {type: uri_folder, path: data}}
steps: {a: {command: "ls ${{inputs.data}}", inputs: {data: "${{parent.inputs.data}}"}}}
END
refused() {
  expect_code 2 mlpipe run p.yaml
  expect_err "$1"
  rm -rf data
}
refused "p.yaml:1:41: error: the path of the input 'data', 'data', does not exist"
ln -s gone data
refused "is a link that leads nowhere"
mkfifo data
refused "is neither a file nor a folder"
mkdir data && mkfifo data/pipe
refused "'$work/data/pipe' is neither a file nor a folder"
mkdir data && ln -s gone data/link
refused "'$work/data/link' leads to"
mkdir data && ln -s link data/link
refused "'$work/data/link' goes round in circles"
mkdir real && touch real/x && ln -s real data
expect_code 0 mlpipe run p.yaml
expect_sound_database
