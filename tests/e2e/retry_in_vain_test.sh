#!/usr/bin/env bash
# A step that fails in every attempt has failed after the last one.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  bad: {command: '$(trace tried); exit 5', retry: {max_retries: 2}}
Y
expect_code 1 mlpipe run p.yaml
expect_traces "tried tried tried"
expect_equal "$(ask_run latest "len(steps['bad']['attempts']), steps['bad']['status']")" "(3, 'Failed')"
expect_code 1 mlpipe run p.yaml
expect_equal "$(wc -l <traces)" 6 "attempts in two runs"
