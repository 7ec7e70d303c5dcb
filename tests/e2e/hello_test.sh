#!/usr/bin/env bash
# The README's first minute: three steps run, the second time none.
. "$(dirname "$0")/lib.sh"
cp -r "$REPOSITORY/specs/hello" . && cd hello

expect_code 0 mlpipe run pipeline.yaml
expect_out "3 ran, 0 reused"
expect_file out/message.txt $'HELLO, WORLD!\n(14 bytes)'
expect_code 0 mlpipe run pipeline.yaml
expect_out "nothing to do, all 3 steps reused"
expect_executed ""
