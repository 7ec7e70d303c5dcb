#!/usr/bin/env bash
# If a step fails, the equal step that waited for it is tried by itself.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
settings: {continue_on_step_failure: true}
steps:
  one: {command: '$(trace work); test \$(wc -l <$work/traces) = 2'}
  two: {command: '$(trace work); test \$(wc -l <$work/traces) = 2'}
Y
expect_code 1 mlpipe run -j4 p.yaml
expect_traces "work work"
expect_equal "$(ask_run latest "sorted(s['status'] for s in steps.values())")" "['Completed', 'Failed']"
