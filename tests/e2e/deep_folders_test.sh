#!/usr/bin/env bash
# Folders that lie deeper than a path can be long: as sources, inputs and outputs they are refused with a clear word; what is just below is kept, and nothing is left behind.
. "$(dirname "$0")/faults.sh"
cat >deepen.py <<'PY'
import os, sys
root, length = sys.argv[1], int(sys.argv[2])  # make a file so many bytes below
os.makedirs(root, exist_ok=True)
os.chdir(root)
while length > 220:
    name = "d" * 200
    os.mkdir(name)
    os.chdir(name)
    length -= 201
open("f" * max(1, length - 1), "w").write("deep")
PY
deepen() { /usr/bin/python3 "$work/deepen.py" "$@"; }
says_too_deep() { expect_err "lies too deep" && (($(wc -c <err) < 4000)) || fail "said: $(head -c 5000 err)"; }

mkdir src && deepen src 3000
echo "steps: {a: {source_directory: src, command: 'find . -name fff* | wc -l'}}" >p.yaml
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe logs latest a --stdout && expect_equal "$(cat out)" 1 "the deep source"
rm -rf src && deepen src 9000
expect_code 2 mlpipe run p.yaml && says_too_deep
rm -rf src

echo "steps: {a: {command: 'true', inputs: {d: {type: uri_folder, path: data}}}}" >p.yaml
deepen data 9000
expect_code 2 mlpipe run p.yaml && says_too_deep
rm -rf data

step() { echo "steps: {a: {command: 'python3 $work/deepen.py \${{outputs.o}} $1', outputs: {o: {type: uri_folder}}}}" >p.yaml; }
step 3000
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe get latest a.o got
[[ $(find got -type f | wc -l) == 1 ]] || fail "the deep output"
step 9000
expect_code 1 mlpipe run p.yaml && says_too_deep
step 400000   # two thousand folders, one in the other
expect_code 1 mlpipe run p.yaml && says_too_deep
expect_sound_database
expect_code 0 mlpipe delete latest --yes
expect_code 0 mlpipe du
expect_code 0 mlpipe gc
expect_code 0 mlpipe gc --older-than 0s
expect_equal "$(find .mlpipe/work -mindepth 1 -maxdepth 1 -printf '%f\n')" scratch "what is left in work/"
