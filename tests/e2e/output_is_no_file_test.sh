#!/usr/bin/env bash
# An output that is itself a FIFO, a socket, a device, or a link to one: the step fails with its path, nobody waits
# for a writer, and a later attempt that makes a file is kept.
. "$(dirname "$0")/faults.sh"

cat >bind.py <<'END'
import os, socket, sys
os.chdir(os.path.dirname(sys.argv[1]))  # the whole path may be too long for a socket
socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))
END
makes() {  # makes TYPE 'command on $o': the step makes its output with it
  cat >p.yaml <<Y
steps:
  make: {outputs: {odd: {type: $1}}, command: 'o=\${{outputs.odd}}; rm -rf \$o; $2'}
Y
}
refused() {  # refused 'command'
  makes uri_file "$1"
  expect_code 1 timeout -k 5 60 "$MLPIPE" run p.yaml
  expect_err "step 'make' failed: '$work/.mlpipe/work/"
  expect_err "/outputs/odd/odd' is neither a file nor a folder (a FIFO, socket or device)"
  expect_equal "$(ask_run latest "steps['make']['status'], steps['make']['outputs']")" "('Failed', [])"
  makes uri_folder "$1"
  expect_code 1 timeout -k 5 60 "$MLPIPE" run p.yaml
  expect_err "its output 'odd' is declared a folder (uri_folder)"
  expect_err "/outputs/odd'"
}
refused 'mkfifo $o'
refused "/usr/bin/python3 $work/bind.py \$o"
refused "mkfifo $work/pipe; ln -s $work/pipe \$o"
[[ $(id -u) != 0 ]] || refused 'mknod $o c 1 3'
expect_equal "$(find .mlpipe/objects -name odd)" "" "what was stored"
expect_sound_database

makes uri_file 'echo 1 > $o'
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe get latest make.odd got
expect_file got/odd 1
expect_sound_database
