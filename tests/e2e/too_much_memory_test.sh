#!/usr/bin/env bash
# A step that asks for more memory than there is does not wait for ever: it is told at the start, and runs.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  big: {command: "true", resources: {memory: 5000GB}}
  small: {command: "true", resources: {memory: 1MB}}
END
expect_code 0 timeout 60 "$MLPIPE" run p.yaml
expect_err "step 'big' asks for 5.0 TB of memory, and this machine has "
expect_no_err "step 'small' asks"
expect_equal "$(head -n 1 err | cut -c1-15)" "step 'big' asks" "the first line"
# With memory slots it gets all there are.
echo 'compute_targets: {local: {type: local, memory: 2GB}}' >mlpipe.yaml
expect_code 0 timeout 60 "$MLPIPE" run p.yaml --from big
expect_err "it gets all there is"
