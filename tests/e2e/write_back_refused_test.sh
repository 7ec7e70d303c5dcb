#!/usr/bin/env bash
# A path: where mlpipe cannot write ends with 3, one where something else lies is only told; no step fails by it.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
steps:
  a: {command: "echo new > ${{outputs.o}}", outputs: {o: {type: uri_file, path: made/file}}}
  b: {command: "echo new > ${{outputs.o}}/x", outputs: {o: {type: uri_folder, path: made/folder}}}
END
mkdir -p made/folder && echo mine >made/file && echo mine >made/folder/x
expect_code 0 mlpipe run p.yaml
expect_err "output 'o' is not copied to '$work/made/file': what is there was not put there by mlpipe"
expect_file made/file mine
expect_file made/folder/x mine
rm -r made && touch made
expect_code 3 mlpipe run p.yaml
expect_err "could not be copied to '$work/made/file'"
rm made && expect_code 0 mlpipe run p.yaml
expect_file made/file new
expect_file made/folder/x new
echo edited >made/file
expect_code 0 mlpipe run p.yaml
expect_err "was edited since mlpipe put it there"
expect_file made/file edited
expect_equal "$(find made -name '.*' -o -name '*mlpipe*')" ""
expect_sound_database
