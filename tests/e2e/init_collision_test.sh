#!/usr/bin/env bash
# init overwrites nothing: what is in the way is named before anything is written; a .gitignore stays.
. "$(dirname "$0")/lib.sh"

mkdir used && cd used
echo mine >pipeline.yaml
echo mine >notes.txt
expect_code 2 mlpipe init
expect_err "'./pipeline.yaml' exists already"
expect_equal "$(ls -A)" "$(printf 'notes.txt\npipeline.yaml')" "files after a refusal"
expect_file pipeline.yaml mine
# A dangling link, and a file where a folder should be.
rm pipeline.yaml
ln -s nowhere mlpipe.yaml
echo mine >clean
expect_code 2 mlpipe init .
expect_err "'./clean', './mlpipe.yaml' exist already"
[[ ! -e data && ! -e pipeline.yaml ]] || fail "something was written"

rm mlpipe.yaml clean
echo '*.tmp' >.gitignore
expect_code 0 mlpipe init
expect_err ".gitignore was there and is left as it is"
expect_file .gitignore '*.tmp'
expect_file notes.txt mine
expect_code 0 mlpipe run pipeline.yaml
cd ..
expect_code 2 mlpipe init used/notes.txt && expect_err "'used/notes.txt': it is not a folder"
