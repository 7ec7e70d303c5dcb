#!/usr/bin/env bash
# A step that takes too long is ended with all its processes: TERM, then KILL.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<'Y'
settings: {continue_on_step_failure: true}
steps:
  gentle: {command: 'trap "echo asked; exit 0" TERM; sleep 1000 & wait', limits: {timeout: 1}}
  stubborn: {command: 'trap "" TERM; setsid sleep 1000 & sleep 1000', limits: {timeout: 1}}
Y
expect_code 1 mlpipe run -j2 p.yaml
expect_err "step 'gentle' failed: timed out after 1 s"
expect_err "step 'stubborn' failed: timed out after 1 s"
no_step_processes || fail "left: $(step_processes)"
expect_equal "$(ask_run latest "steps['gentle']['status'], steps['stubborn']['status']")" \
  "('Failed', 'Failed')"
expect_code 0 mlpipe logs latest gentle
expect_out asked
