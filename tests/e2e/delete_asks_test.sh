#!/usr/bin/env bash
# On a terminal delete asks first, and anything but yes deletes nothing.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || skip "no program script"
echo 'steps: {a: {command: "true"}}' >p.yaml
expect_code 0 mlpipe run p.yaml
echo n | script -qec "'$MLPIPE' delete latest" /dev/null >answer || true
grep -q "Delete this run" answer && grep -q "nothing was deleted" answer || fail "asked: $(cat answer)"
expect_code 0 mlpipe show latest
echo y | script -qec "'$MLPIPE' delete latest" /dev/null >answer || fail "not deleted: $(cat answer)"
expect_code 2 mlpipe show latest && expect_err "there are no runs"
