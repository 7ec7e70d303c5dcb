#!/usr/bin/env bash
# A pipeline that was read is not read again as long as nothing that was looked at for it has changed; any change of that
# is seen, and what is remembered counts only if it is whole.
. "$(dirname "$0")/running.sh"
command -v strace >/dev/null || skip "no strace"
strace -f -o /dev/null true 2>/dev/null || skip "this machine does not let programs be traced"
export PATH=/usr/bin:/bin
mkdir -p src sub
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  a:
    source_directory: src
    command: "cat x >${{outputs.o}}; echo ${{parameters.word}} >>${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: results/a.txt}}
  b:
    component: ./comp.yaml
    inputs: {i: "${{steps.a.outputs.o}}", d: {type: uri_file, path: data.txt}}
Y
cat >comp.yaml <<'Y'
type: command
name: comp
inputs: {i: {type: uri_file}, d: {type: uri_file}}
outputs: {o: {type: uri_file, file_name: o}}
command: "cat ${{inputs.i}} ${{inputs.d}} >${{outputs.o}}"
Y
echo x >src/x && echo d >data.txt && echo "{}" >mlpipe.yaml && echo "word: two" >words.yaml
run() { expect_code 0 "$MLPIPE" run p.yaml --params words.yaml "$@"; }
read_anew() {  # whether a run opens the pipeline's file, and with the component's
  strace -f -o "$work/trace" -e trace=open,openat "$MLPIPE" run p.yaml --params words.yaml >out 2>err || fail "$(cat err)"
  local opened
  opened=$(grep -c '"[^"]*\(p\|comp\|words\).yaml"' "$work/trace" || true)
  [[ $opened == 0 || $opened -ge 3 ]] || fail "of the three files only some were read: $opened"
  [[ $opened != 0 ]]
}
settle() {
  sleep 2.1
  run
  read_anew && fail "nothing has changed, and the pipeline was read"
  expect_equal "$(executed)" ""
}
seen() {  # seen STEPS: what was just changed made these run, and is remembered after a while
  read_anew || fail "it was not read again after '$change'"
  expect_equal "$(executed)" "$1" "steps after '$change'"
  settle
}
spec_of() { mlpipe show latest --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["resolved_spec"])'; }

run
before=$(spec_of)
settle
# What is not read comes to the same record, the same plan and the same copies beside the pipeline.
expect_equal "$(spec_of)" "$before" "the record of a pipeline that was not read"
rm results/a.txt && run && expect_file results/a.txt $'x\ntwo'
# Files that only steps read are no reason to read the pipeline.
echo y >src/x
read_anew && fail "a source file has nothing to do with how the pipeline reads"
expect_equal "$(executed)" "a b"
settle

change="the pipeline, in its size and with its time"
touch -r p.yaml stamp && sed -i 's/cat x >/cat  x>/' p.yaml && touch -r stamp p.yaml && seen a
change="the component"
sed -i 's/}} >\$/}}  >$/' comp.yaml && seen b
change="the file of values"
echo "word: six" >words.yaml && seen "a b"
change="the workspace file"
echo "git_diff: false" >mlpipe.yaml && seen ""
change="a file put in the place of another one"
cp comp.yaml comp2.yaml && mv comp2.yaml comp.yaml && seen ""
change="another workspace file, nearer to the pipeline"
mkdir nearer && cp -r p.yaml comp.yaml words.yaml data.txt src nearer && cd nearer && run && settle
cd .. && touch nearer/mlpipe.yaml && cd nearer && read_anew || fail "it was not read again after '$change'"
cd ..

# What cannot be read any more is told, as ever.
settle
mv data.txt elsewhere
expect_code 2 "$MLPIPE" run p.yaml --params words.yaml
expect_err "'data.txt', does not exist"
mkdir data.txt
expect_code 2 "$MLPIPE" run p.yaml --params words.yaml
rmdir data.txt && mv elsewhere data.txt && settle
mv src gone
expect_code 2 "$MLPIPE" run p.yaml --params words.yaml
mv gone src && settle

# Damage of what is remembered costs a reading, and nothing else.
for remembered in .mlpipe/cache/pipelines/*; do
  size=$(stat -c %s "$remembered")
  for at in 0 $((size / 2)) $((size - 1)); do
    printf '\377' | dd of="$remembered" bs=1 seek="$at" conv=notrunc status=none
  done
done
read_anew || fail "what is remembered was damaged, and was believed"
settle
for remembered in .mlpipe/cache/pipelines/*; do : >"$remembered"; done
read_anew || fail "what is remembered is empty, and was believed"
settle
# Nor does its folder's removal.
rm -r .mlpipe/cache
run
settle

# What only the holder of an address may know stays nowhere, also where the address is not in use.
cat >secret.yaml <<'Y'
parameters: {spare: "https://who:PASSWORDZZ@example.org/x"}
inputs: {d: {type: uri_file, path: "https://example.org/d.csv?sv=1&sig=SIGNATUREZZ"}}
steps: {s: {command: "cat ${{inputs.d}} >${{outputs.o}}", inputs: {d: "${{parent.inputs.d}}"}, outputs: {o: {type: uri_file, file_name: o, path: results/o}}}}
Y
sleep 2.1
before=$(ls .mlpipe/cache/pipelines)
for _ in 1 2; do expect_code 0 "$MLPIPE" run secret.yaml -i d=data.txt; done
expect_equal "$(ls .mlpipe/cache/pipelines)" "$before" "pipelines that are kept"
! grep -rqa SIGNATUREZZ .mlpipe/cache || fail "a signature is kept"
