#!/usr/bin/env bash
# What finds nothing new is not planned again, and shows the steps of the run before it. Whatever a plan is made from, a
# change of it is seen, also one that keeps size and times as well as it can.
. "$(dirname "$0")/running.sh"
git init -q .
mkdir -p src/deep other bin outside
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
Y
cat >comp.yaml <<'Y'
type: command
name: comp
inputs: {i: {type: uri_file}, d: {type: uri_file}}
outputs: {o: {type: uri_file, file_name: o}}
command: "cat ${{inputs.i}} ${{inputs.d}} >${{outputs.o}}"
Y
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
changed() {  # changed STEPS: what was just changed made these run
  run
  expect_equal "$(executed)" "$1" "steps after '$change'"
  settle
}
in_place() {  # in_place FILE: other bytes of the same number, and the time that it had
  touch -r "$1" stamp
  tr a-z b-za <"$1" | dd of="$1" conv=notrunc status=none
  touch -r stamp "$1"
}

settle
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
change="the workspace file" && echo "environments: {system: {type: system, python: /usr/bin/python3}}" >mlpipe.yaml && changed "a b"
change="an output in the store" && find .mlpipe/objects -name o -path '*content*' | head -1 | while read -r file; do
  chmod -R u+w "${file%/*}" && rm "$file"
done && run && [[ -n $(executed) ]] || fail "an output is gone, and nothing ran"
settle
change="another Python" && printf '#!/bin/sh\nexec /usr/bin/python3 "$@"\n' >bin/python3 && cp bin/python3 bin/python && chmod +x bin/*
PATH=$work/bin:$PATH run
expect_equal "$(executed)" "" "steps after '$change': it is a shim of the same one"
settle

# Other requests are other runs, and come back to what was.
run -p word=two && expect_equal "$(executed)" "a b"
settle -p word=two
run && expect_equal "$(executed)" ""
run --params words.yaml && expect_equal "$(executed)" ""
sed -i s/one/six/ words.yaml
run --params words.yaml && expect_equal "$(executed)" "a b"
settle --params words.yaml
sed s/six/ten/ words.yaml >ten && touch -r words.yaml ten && cat ten >words.yaml && touch -r ten words.yaml
run --params words.yaml && expect_equal "$(executed)" "a b"

# A Python that is only a shim is asked in every run: what it leads to hangs on more than can be looked at.
change="what a shim leads to"
mkdir shims v1 v2
printf '#!/bin/sh\nexec %s/v$(cat %s/version)/python3 "$@"\n' "$work" "$work" >shims/python3
for n in 1 2; do printf '#!/bin/sh\nexport SHIM=%s\nexec /usr/bin/python3 "$@"\n' $n >v$n/python3; done
mkdir packages && mkdir packages/shimmed-1.0.dist-info && printf 'Name: shimmed\nVersion: 1.0\n' >packages/shimmed-1.0.dist-info/METADATA
printf '#!/bin/sh\nPYTHONPATH=%s/packages exec /usr/bin/python3 "$@"\n' "$work" >v2/python3
chmod +x shims/python3 v1/python3 v2/python3 && echo 1 >version && : >mlpipe.yaml
(
  export PATH=$work/shims:$PATH
  run && sleep 2.1 && run && run && run
  expect_equal "$(executed)" ""
  ! is_short || fail "a run with a shim was not planned"
  echo 2 >version
  run && expect_equal "$(executed)" "c" "steps after '$change'"
)

# What is remembered is of this database: another run has the number in one that was begun anew.
settle
rm .mlpipe/mlpipe.db*
run -p word=two
run -p word=two
run && expect_equal "$(executed)" "a b"
expect_code 0 mlpipe get latest a.o of_one && expect_equal "$(tail -1 of_one/o)" "is one"

# Without the runs that made them, results are not reused; nor what was asked to be made anew.
settle
run --regenerate-outputs && expect_equal "$(executed)" "a b c"
settle
mlpipe runs -n 1000 --json | /usr/bin/python3 -c 'import json, sys
for run in json.load(sys.stdin)["runs"]: print(run["run_id"])' >ids
xargs "$MLPIPE" delete --yes <ids >/dev/null
run && expect_equal "$(executed)" "a b c"

# Whether steps may fail is another request.
settle
run --continue-on-step-failure && expect_equal "$(executed)" ""
! is_short || fail "a run that may go on after a failure was taken for one that may not"

# R is asked in every run, too.
mkdir -p r/bin r/src && cd r
printf '#!/bin/sh\ncase $1 in\n--version) echo "Rscript (R) version 4.2.2 (2022-10-31)" ;;\n-e) printf "mlpipe:\\n/nowhere\\n" ;;\n*) echo made >"$2" ;;\nesac\n' >bin/Rscript
chmod +x bin/Rscript
echo '# R' >src/fit.R
echo "steps: {fit: {source_directory: src, script_name: fit.R, arguments: ['\${{outputs.o}}'], outputs: {o: {type: uri_file}}}}" >p.yaml
echo "{}" >mlpipe.yaml
export PATH=$work/r/bin:$PATH
run && sleep 2.1 && run && run && run
expect_equal "$(executed)" ""
! is_short || fail "a run with a step in R was not planned"
sed -i s/4.2.2/4.3.1/ bin/Rscript
run && expect_equal "$(executed)" "fit" "steps after another version of R"
