#!/usr/bin/env bash
# A source directory with a FIFO, socket or bad link is refused by its path; ignoring it helps.
. "$(dirname "$0")/faults.sh"

mkdir src && echo 'echo hi' >src/a.sh
echo 'steps: {a: {source_directory: src, script_name: a.sh}}' >p.yaml
refused() {  # refused NAME "message"
  expect_code 2 mlpipe run p.yaml
  expect_err "$2"
  expect_err "leave it out by an ignore file (.mlpipeignore, .amlignore or .gitignore)"
  echo "/$1" >src/.mlpipeignore
  expect_code 0 mlpipe run p.yaml
  rm "src/$1" src/.mlpipeignore
}
mkfifo src/pipe
refused pipe "'$work/src/pipe' is neither a file nor a folder"
/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("src/sock")'
refused sock "'$work/src/sock' is neither a file nor a folder"
ln -s gone src/link
refused link "'$work/src/link' leads to '$work/src/gone', which is not there"
ln -s link src/link
refused link "'$work/src/link' goes round in circles"
ln -s .. src/up
refused up "'$work/src/up' goes round in circles"
expect_sound_database
