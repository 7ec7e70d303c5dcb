#!/usr/bin/env bash
# A damaged object is never copied to a path:; the run says so, and the next one makes it anew.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  s: {command: "echo good > ${{outputs.o}}", outputs: {o: {type: uri_file, path: ./copy.txt}}}
END
expect_code 0 mlpipe run p.yaml
rm copy.txt
object=$(find .mlpipe/objects -name copy.txt)
chmod u+w "$object" && echo evil >"$object"
expect_code 3 mlpipe run p.yaml
expect_err "damaged in the store"
[[ ! -e copy.txt ]] || fail "copy.txt holds $(cat copy.txt)"
expect_code 0 mlpipe run p.yaml
expect_file copy.txt good
