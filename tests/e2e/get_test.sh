#!/usr/bin/env bash
# get copies an output, a file or a folder, into a new or an existing folder, and overwrites nothing.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  s:
    command: "echo f >${{outputs.f}}; mkdir -p ${{outputs.d}}/sub ${{outputs.d}}/empty; echo x >${{outputs.d}}/sub/x; ln -s sub/x ${{outputs.d}}/link; echo '#!/bin/sh' >${{outputs.d}}/tool; chmod +x ${{outputs.d}}/tool"
    outputs: {f: {type: uri_file, file_name: "a file.txt"}, d: {type: uri_folder}}
  sleeps: {command: "false", inputs: {after: "${{steps.s.outputs.f}}"}}
END
expect_code 1 mlpipe run p.yaml
expect_code 0 mlpipe get latest s.f new/folder && expect_file "new/folder/a file.txt" f
expect_code 0 mlpipe get latest s.d here --json
/usr/bin/python3 -c 'import json, sys; assert json.load(sys.stdin)["files"] == 2' <out || fail "files: $(cat out)"
expect_file here/sub/x x && expect_equal "$(readlink here/link)" sub/x && [[ -d here/empty && -x here/tool ]]
[[ -w here/sub/x && -w here/sub ]] || fail "what was fetched cannot be edited"

mkdir -p there/sub && echo mine >there/sub/mine && echo y >there/y
expect_code 0 mlpipe get latest s.d there           # folders that are there already are joined
expect_file there/sub/x x && expect_file there/sub/mine mine && expect_file there/y y
expect_equal "$(find there -name '*mlpipe*' -o -name '.*' -name '*tmp*')" "" "left over"

echo edited >there/sub/x
expect_code 2 mlpipe get latest s.d there && expect_err "it exists already; choose another folder" && expect_file there/sub/x edited
mkdir file_in_the_way && echo z >file_in_the_way/sub
expect_code 2 mlpipe get latest s.d file_in_the_way && expect_file file_in_the_way/sub z
expect_equal "$(ls file_in_the_way)" sub "what a refused get copied"
echo z >a_file
expect_code 2 mlpipe get latest s.f a_file && expect_file a_file z
expect_code 2 mlpipe get latest s.g x && expect_err "it has d, f"
expect_code 2 mlpipe get latest t.f x && expect_err "no step 't'"
expect_code 2 mlpipe get latest s x && expect_err "STEP.OUTPUT"
expect_code 2 mlpipe get latest sleeps.f x && expect_err "Failed"
