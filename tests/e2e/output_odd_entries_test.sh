#!/usr/bin/env bash
# What an output may not hold fails the step with its path; what it may hold is kept.
. "$(dirname "$0")/faults.sh"

run_step() {  # run_step CODE 'command on the folder D'
  echo "steps: {make: {command: \"cd \${{outputs.made}}; $2\", outputs: {made: {type: uri_folder}}}}" >p.yaml
  expect_code "$1" mlpipe run p.yaml
}
run_step 1 'ln -s gone link'
expect_err "outputs/made/link' leads to"
run_step 1 'ln -s link link'
expect_err "outputs/made/link' goes round in circles"
run_step 1 'mkfifo pipe'
expect_err "outputs/made/pipe' is neither a file nor a folder"
run_step 1 'python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind(\\\"sock\\\")\"'
expect_err "outputs/made/sock' is neither a file nor a folder"
[[ $(mlpipe show latest --json) == *'"Failed"'* ]] || fail "not recorded as failed"
expect_sound_database
run_step 0 'mkdir -p a/b; echo 1 > a/b/file; ln -s a/b/file link; ln -s $PWD/a absolute; chmod -R a-w .'
expect_code 0 mlpipe get latest make.made got
expect_file got/link 1
expect_equal "$(readlink got/absolute)" a
expect_code 0 mlpipe run p.yaml
expect_executed ""
