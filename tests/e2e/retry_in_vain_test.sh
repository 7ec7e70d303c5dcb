#!/usr/bin/env bash
# A step that fails in every attempt has failed after the last one.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  bad: {command: '$(trace tried); exit 5', retry: {max_retries: 2}}
Y
expect_code 1 mlpipe run p.yaml
expect_err "exit code 5; attempt 2 of 3 now"
expect_equal "$(grep -c 'first run of this step' err)" 1 "how often the reason is told"
expect_traces "tried tried tried"
expect_equal "$(ask_run latest "len(steps['bad']['attempts']), steps['bad']['status']")" "(3, 'Failed')"
expect_code 1 mlpipe run p.yaml
expect_equal "$(wc -l <traces)" 6 "attempts in two runs"

# A long message is told once in full: where the step has failed for good.
echo 'steps: {none: {command: "true", outputs: {o: {type: uri_file}}, retry: {max_retries: 1}}}' >q.yaml
expect_code 1 mlpipe run q.yaml
expect_equal "$(grep -c 'there is nothing at' err)" 1 "how often the whole message is told"
expect_equal "$(grep -c "did not make its output 'o'" err)" 3 "the note, the line and the message"
expect_code 1 mlpipe run q.yaml
grep "last tried" err | grep -qv "there is nothing" || fail "the old failure in full: $(cat err)"
