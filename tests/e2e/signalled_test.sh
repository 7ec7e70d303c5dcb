#!/usr/bin/env bash
# A step that ends by a signal has failed, and the message names the signal.
. "$(dirname "$0")/running.sh"

echo 'steps: {bad: {command: "kill -SEGV $$"}}' >p.yaml
expect_code 1 mlpipe run p.yaml
expect_err "step 'bad' failed: ended by signal 11"
expect_equal "$(ask_run latest "steps['bad']['attempts'][0]['signal']")" 11
expect_code 1 mlpipe run p.yaml
expect_equal "$(ask_run latest "len(steps['bad']['attempts'])")" 1 "it ran again"
