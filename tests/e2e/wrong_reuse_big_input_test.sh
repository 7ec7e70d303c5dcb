#!/usr/bin/env bash
# Would break a limit up to which files are hashed: a byte in the middle of 5 MB, mtime put back. A touch is no edit.
. "$(dirname "$0")/lib.sh"

head -c 5000000 /dev/zero | tr '\0' x >big
cat >p.yaml <<'END'
steps:
  use:
    command: "md5sum < ${{inputs.big}} > ${{outputs.o}}"
    inputs: {big: {type: uri_file, path: big}}
    outputs: {o: {type: uri_file}}
END
sleep 2.1  # so old that its hash is remembered
expect_code 0 mlpipe run p.yaml
touch big
expect_code 0 mlpipe run p.yaml
expect_executed ""
touch -r big time
printf y | dd of=big bs=1 seek=2500000 conv=notrunc 2>/dev/null
touch -r time big
expect_code 0 mlpipe run p.yaml
expect_executed use
expect_code 0 mlpipe get latest use.o got
expect_file got/o "$(md5sum <big)"
