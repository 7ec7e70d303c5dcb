#!/usr/bin/env bash
# path: an output's copy is put there, replaced by the next result, put back when missing; never a hard link.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {n: 1}
outputs: {f: {type: uri_file, path: published/f.txt}, d: {type: uri_folder, path: published/d}}
steps:
  s:
    command: "echo ${{parameters.n}} >${{outputs.f}}; mkdir ${{outputs.d}}/sub; echo ${{parameters.n}} >${{outputs.d}}/sub/x"
    outputs: {f: "${{parent.outputs.f}}", d: "${{parent.outputs.d}}"}
END
expect_code 0 mlpipe run p.yaml
expect_file published/f.txt 1 && expect_file published/d/sub/x 1
for file in published/f.txt published/d/sub/x; do
  expect_equal "$(stat -c %h "$file")" 1 "links of $file"
  [[ -w $file ]] || fail "$file cannot be edited"
  ino=$(stat -c %i "$file")
  [[ -z $(find .mlpipe/objects -inum "$ino") ]] || fail "$file is a file of the store"
done
expect_code 0 mlpipe run p.yaml -p n=2
expect_file published/f.txt 2 && expect_file published/d/sub/x 2
expect_no_err "not copied"

rm -r published
expect_code 0 mlpipe run p.yaml -p n=2 && expect_executed ""
expect_file published/f.txt 2 && expect_file published/d/sub/x 2
rm published/d/sub/x                     # nothing of the user's can be lost: it is put back
expect_code 0 mlpipe run p.yaml -p n=2 && expect_executed ""
expect_file published/d/sub/x 2
rm published/d/sub/x                     # also by the next result
expect_code 0 mlpipe run p.yaml -p n=1 && expect_file published/d/sub/x 1
rm published/d/sub/x && echo mine >published/d/mine
expect_code 0 mlpipe run p.yaml -p n=2
expect_err "was edited since mlpipe put it there"
[[ ! -e published/d/sub/x && -e published/d/mine ]] || fail "an edited folder was overwritten"
expect_equal "$(find published -name '*mlpipe*')" "" "what was left beside"
