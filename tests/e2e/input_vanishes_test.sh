#!/usr/bin/env bash
# Inputs and sources that vanish: before the run, before their step starts, while it runs. Each is named, no
# result is reused whose input went away under it, and the run completes once all is back.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
parameters: {round: 0}
steps:
  first: {command: '$(trace first); $(until_go first)', allow_reuse: false}
  file:
    command: '$(trace file); cat \${{inputs.d}}; : \${{parameters.round}}'
    inputs: {d: {type: uri_file, path: data}}
    depends_on: [first]
  folder:
    command: '$(trace folder); ls \${{inputs.d}}; : \${{parameters.round}}'
    inputs: {d: {type: uri_folder, path: dir}}
    depends_on: [first]
  source:
    source_directory: src
    script_name: use.sh
    arguments: ["\${{parameters.round}}"]
    depends_on: [first]
Y
put_all() {
  mkdir -p src dir
  echo data >data
  touch dir/one dir/two
  echo "$(trace source); cat here" >src/use.sh
  echo here >src/here
}
expect_status() { expect_equal "$(ask_run latest "steps['$1']['status']")" "$2" "status of $1"; }

# Before the run: what is missing is named with its place in the file, and nothing is started.
refused() {  # refused NAME "what is told"
  put_all
  rm -r "$1"
  expect_code 2 mlpipe run p.yaml
  expect_err "$2"
  expect_err "= looked at $work/$1"
  [[ ! -e traces && ! -e .mlpipe ]] || fail "a run was begun without $1"
}
refused data "p.yaml:6:40: error: the path of the input 'd', 'data', does not exist"
refused dir "p.yaml:10:42: error: the path of the input 'd', 'dir', does not exist"
refused src "p.yaml:13:23: error: the source directory 'src' does not exist"

# Between the beginning of the run and that of the step: it is not started, and what does not need it goes on.
round=0
without() {  # without NAME CODE "steps that are started": this goes while the first step runs
  rm -f traces go-first
  put_all
  start run run -p "round=$((++round))" --continue-on-step-failure p.yaml
  wait_until 20 has_trace first
  rm -r "${1:?}"
  go first
  expect_end "$2" "$driver"
  expect_traces "$3"
}
expect_told() { grep -qxE "$1" run.err || fail "it is not told that $1: $(cat run.err)"; }
without data 1 "first folder source"
expect_told "step 'file' failed: there is no '$work/data'"
expect_status file Failed
without dir 1 "file first source"
expect_told "step 'folder' failed: there is no '$work/dir'"
expect_status folder Failed
# A folder that is still there is taken as it is now, and its result is that of what it holds now.
without dir/one 0 "file first folder source"
expect_told " *folder +note +'$work/dir' changed since this run first read it: it is read again"
expect_equal "$(mlpipe logs latest folder --stdout)" "two"
# The sources were copied when the run began.
without src 0 "file first folder source"
expect_equal "$(mlpipe logs latest source --stdout)" "here"
put_all
expect_code 0 mlpipe run -p "round=$round" p.yaml
expect_executed "first"
expect_code 0 mlpipe run -p round=1 p.yaml
expect_executed "file first"

# While the step reads it: one that fails says why itself.
cat >q.yaml <<Y
steps:
  use:
    command: '$(trace use); $(until_go use); cat \${{inputs.d}} > \${{outputs.o}}'
    inputs: {d: {type: uri_file, path: data}}
    outputs: {o: {type: uri_file}}
  after: {command: 'cat \${{inputs.o}}', inputs: {o: "\${{steps.use.outputs.o}}"}}
Y
put_all
rm -f traces go-use
start run run q.yaml
wait_until 20 has_trace use
rm data
go use
expect_end 1 "$driver"
expect_told "step 'use' failed: exit code 1"
expect_told "  \| cat: $work/data: No such file or directory"
expect_status use Failed
expect_status after Skipped

# One that succeeds, since it had read all: told, recorded, and not reused, also once the input is back as it was.
sed -i 's/until test/cat \${{inputs.d}} > \${{outputs.o}}; &/; s/done; cat.*/done'"'"'/' q.yaml
doubted() {  # doubted 'what takes the input away' WORD: the step has read the word by then
  rm -f traces go-use
  start run run q.yaml
  wait_until 20 has_trace use
  wait_until 20 step_has_read
  eval "$1"
  go use
  expect_end 0 "$driver"
  expect_told " *use +note +'$work/data' was changed while the step ran: this result is not kept for reuse"
  expect_status use Completed
  expect_status after Completed
  expect_code 0 mlpipe get latest use.o "got-$2"
  expect_file "got-$2/o" "$2"
}
step_has_read() { find .mlpipe/work -path '*/outputs/o/o' -size +0 | grep -q .; }
echo one >data
doubted 'rm data' one
expect_code 2 mlpipe run q.yaml
expect_err "= looked at $work/data"
echo one >data
expect_code 0 mlpipe run q.yaml
expect_executed use
expect_code 0 mlpipe why latest use
expect_out "its last result was not kept for reuse"
expect_code 0 mlpipe run q.yaml
expect_executed ""
echo two >data
doubted 'mv data away; cp -p away data' two  # the same bytes, and the same time
expect_code 0 mlpipe run q.yaml
expect_executed use
expect_code 0 mlpipe run q.yaml
expect_executed ""
expect_sound_database
