#!/usr/bin/env bash
# Sparse files stay sparse on every way that they take, hash like the zeros they stand for, and what is in them is kept.
. "$(dirname "$0")/lib.sh"
gib=1073741824
truncate -s 1M probe && (($(stat -c %b probe) * 512 < 100000)) || skip "no sparse files here"
make_sparse() {  # make_sparse FILE SIZE: some data in the middle, and a hole at its end
  truncate -s "$2" "$1"
  printf middle | dd of="$1" bs=1 seek=$(($2 / 2)) conv=notrunc status=none
}
expect_sparse() {  # expect_sparse FILE SIZE
  expect_equal "$(stat -c %s "$1")" "$2" "length of $1"
  (($(stat -c %b "$1") * 512 < 4000000)) || fail "$1 takes $(($(stat -c %b "$1") * 512)) bytes"
  expect_equal "$(dd if="$1" bs=1 skip=$(($2 / 2)) count=6 status=none)" middle "what is in $1"
}
mkdir src data
make_sparse src/weights 209715200
make_sparse data/in $((8 * gib))
make_sparse plain 62914560
cp --sparse=never plain data/written
cp --sparse=always plain data/holes
cat >p.yaml <<'YAML'
inputs: {data: {type: uri_folder, path: data}, in: {type: uri_file, path: data/in}}
steps:
  make:
    source_directory: src
    command: |
      stat -c '%n %b' weights ${{inputs.copy}}/in
      truncate -s 8G ${{outputs.file}} ; printf middle | dd of=${{outputs.file}} bs=1 seek=4G conv=notrunc status=none
      cp --sparse=always ${{inputs.copy}}/in ${{outputs.folder}}/one ; ln ${{outputs.folder}}/one ${{outputs.folder}}/other
    inputs: {copy: {type: uri_folder, path: data, mode: download}, in: "${{parent.inputs.in}}"}
    outputs: {file: {type: uri_file, path: ./made/file}, folder: {type: uri_folder}}
  holes: {command: "cp --sparse=always ${{inputs.i}} ${{outputs.o}}", inputs: {i: {type: uri_file, path: data/holes}}, outputs: {o: {type: uri_file}}}
  written: {command: "cp --sparse=never ${{inputs.i}} ${{outputs.o}}", inputs: {i: {type: uri_file, path: data/written}}, outputs: {o: {type: uri_file}}}
YAML
expect_code 0 mlpipe run p.yaml
while read -r name blocks; do
  ((blocks * 512 < 4000000)) || fail "the step's copy $name takes $((blocks * 512)) bytes"
done < <(mlpipe logs latest make --stdout)
expect_sparse made/file $((8 * gib))
while read -r file; do expect_sparse "$file" 209715200; done < <(find .mlpipe/objects -name weights)
for output in file folder; do expect_code 0 mlpipe get latest make.$output got-$output; done
expect_sparse got-file/file $((8 * gib))
expect_sparse got-folder/one $((8 * gib))
expect_sparse got-folder/other $((8 * gib))
hash_of() { ask_run latest "steps['$1']['outputs'][0]['content_hash']"; }
expect_equal "$(hash_of holes)" "$(hash_of written)" "the hash of holes, and of zeros"
(($(du -s --block-size=1 .mlpipe | cut -f1) < 400000000)) || fail "the state takes $(du -sh .mlpipe)"
rm -rf made && expect_code 0 mlpipe run p.yaml && expect_executed ""
