#!/usr/bin/env bash
# Sourced instead of running.sh by tests of what runs remember: a pipeline, and changes of all that a plan is made from.
. "$(dirname "${BASH_SOURCE[0]}")/running.sh"
git init -q .
mkdir -p src/deep other bin outside beside
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  a:
    source_directory: src
    include: [deep, a.sh]
    command: "cat deep/x >${{outputs.o}}; echo ${{parameters.word}} >>${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
  b:
    component: ./comp.yaml
    inputs: {i: "${{steps.a.outputs.o}}", d: {type: uri_file, path: data.txt}}
  c:
    source_directory: other
    script_name: main.py
    hash_paths: [../extra]
    pass_environment: [COUNTED]
    arguments: ["${{outputs.o}}"]
    inputs: {folder: {type: uri_folder, path: link}}
    outputs: {o: {type: uri_file, file_name: o}}
  z:
    source_directory: beside
    command: "cat z >${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
Y
cat >comp.yaml <<'Y'
type: command
name: comp
inputs: {i: {type: uri_file}, d: {type: uri_file}}
outputs: {o: {type: uri_file, file_name: o}}
command: "cat ${{inputs.i}} ${{inputs.d}} >${{outputs.o}}"
Y
echo z >beside/z
echo 'open(__import__("sys").argv[1], "w").write("made")' >other/main.py
echo x >src/deep/x && echo y >src/a.sh && echo d >data.txt && echo e >extra && echo f >outside/f && mkdir outside2 && echo g >outside2/f
ln -s outside link
echo '*.tmp' >.gitignore
echo "{}" >mlpipe.yaml
echo "word: one" >words.yaml
export COUNTED=1 PATH=/usr/bin:/bin  # no shims of pyenv

newest() {  # newest COLUMN: of the newest run
  /usr/bin/python3 -c "import sqlite3, sys
print(sqlite3.connect('.mlpipe/mlpipe.db').execute('SELECT ' + sys.argv[1] + ' FROM runs ORDER BY key DESC').fetchone()[0])" "$1"
}
run() { expect_code 0 "$MLPIPE" run p.yaml "$@"; }
is_short() { [[ $(newest "steps_of IS NOT NULL") == 1 ]]; }
settle() {  # settle ARGUMENTS: until a run of them is a short one
  run "$@"
  sleep 2.1
  run "$@"
  run "$@"
  is_short || fail "nothing has changed, and it was planned: $*"
  expect_equal "$(executed)" ""
}
changed() {  # changed STEPS: what was just changed made these run, and `beside` what it says
  local also
  also=$(beside)
  run
  expect_equal "$(executed)" "$(xargs <<<"$1 $also")" "steps after '$change'"
  settle
}
in_place() {  # in_place FILE: other bytes of the same number, and the time that it had
  touch -r "$1" stamp
  tr a-z b-za <"$1" | dd of="$1" conv=notrunc status=none
  touch -r stamp "$1"
}

# Each change in turn. `beside` changes something else with it, and says which steps that makes run.
all_changes() {
  local others=""
  [[ -n $(beside) ]] || others=" z"
  change="a source file, its time put back" && in_place src/deep/x && changed "a b"
  change="a new source file" && echo z >src/deep/z && changed a
  change="a source file that is not included" && echo z >src/other && changed ""
  change="what is ignored" && echo z >src/deep/z.tmp && changed ""
  change="what was ignored counts" && echo >.gitignore && changed a
  change="ignore rules in the folder" && echo z.tmp >src/deep/.gitignore && changed a
  change="an input, its time put back" && in_place data.txt && changed b
  change="a link leads elsewhere" && ln -sfn outside2 link && changed c
  change="what a link leads to" && in_place outside2/f && changed c
  change="a hash_path" && in_place extra && changed c
  change="a script" && echo '# more' >>other/main.py && changed c
  change="the component" && sed -i 's/cat /cat -u /' comp.yaml && changed b
  change="the pipeline file" && sed -i 's/echo \$/echo is $/' p.yaml && changed "a b"
  change="a variable that is passed" && COUNTED=2 && changed c
  change="a variable that is not" && export OTHER=2 && changed ""
  change="the workspace file" && echo "environments: {system: {type: system, python: /usr/bin/python3}}" >mlpipe.yaml && changed "a b$others"
}
