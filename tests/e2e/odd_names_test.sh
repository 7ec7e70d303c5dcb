#!/usr/bin/env bash
# Empty folders, names of 255 bytes, names that are no UTF-8 or hold newlines, and hard links come through: as sources, inputs and outputs; printed, they are printable.
. "$(dirname "$0")/faults.sh"
long=$(printf 'n%.0s' {1..255})
fill() {
  mkdir -p "$1/empty/in an empty" "$1/$long"
  echo 1 >"$1/$long/$long"
  echo 2 >"$1"/$'caf\xe9\xff'
  echo 3 >"$1"/$'two\nlines \x1b[31m'
  echo 4 >"$1/first" && ln "$1/first" "$1/second"
  ln -s "$long/$long" "$1/link"
}
list() { (cd "$1" && find . -mindepth 1 -printf '%y %P %l\0' | sort -z | tr '\0\n' '\n?'); }
mkdir src data && fill src && fill data
cat >p.yaml <<'YAML'
inputs: {data: {type: uri_folder, path: data}}
steps:
  all:
    source_directory: src
    command: |
      rmdir outputs logs
      cp -a . ${{outputs.sources}}; cp -a ${{inputs.data}}/. ${{outputs.inputs}}; cp -a ${{inputs.copy}}/. ${{outputs.copy}}
    inputs: {data: "${{parent.inputs.data}}", copy: {type: uri_folder, path: data, mode: download}}
    outputs: {sources: {type: uri_folder}, inputs: {type: uri_folder}, copy: {type: uri_folder, path: ./copy}}
  next: {command: "ls -A ${{inputs.i}} | wc -l; touch ${{outputs.o}}/new; cp -a ${{inputs.i}}/. ${{outputs.o}}", inputs: {i: "${{steps.all.outputs.inputs}}"}, outputs: {o: {type: uri_folder}}}
YAML
expect_code 0 mlpipe run p.yaml
for output in sources inputs copy; do
  expect_code 0 mlpipe get latest "all.$output" "got-$output"
  expect_equal "$(list "got-$output")" "$(list data)" "$output"
done
expect_equal "$(list copy)" "$(list data)" "at path:"
expect_equal "$(stat -c %h got-inputs/first)" 1 "names of a file that was linked"
expect_code 0 mlpipe run p.yaml && expect_executed ""
expect_code 0 mlpipe show latest all && expect_code 0 mlpipe du --by step && expect_code 0 mlpipe report -o report.html

# An empty folder counts, and so does where it lies.
rmdir "data/empty/in an empty"
expect_code 0 mlpipe run p.yaml && expect_executed "all next"

# What such a name is told in: printable, on one line.
mkfifo data/$'bad\nname \x1b[31m \xff'
expect_code 2 mlpipe run p.yaml
expect_err 'data/bad\x0aname \x1b[31m \xff'"' is neither a file nor a folder"
! grep -q $'\x1b' err || fail "an escape sequence was printed"
rm data/bad*
# Devices too.
if [[ $(id -u) == 0 ]] && mknod data/zero c 1 5 2>/dev/null; then
  expect_code 2 mlpipe run p.yaml
  expect_err "data/zero' is neither a file nor a folder (a FIFO, socket or device)"
fi
