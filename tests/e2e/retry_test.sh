#!/usr/bin/env bash
# Retries: numbered attempts with logs and fresh directories, growing delays; success is kept.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  flaky:
    command: >-
      if test -e mark; then exit 9; fi; touch mark; date +%s%3N >> $work/traces; echo "attempt \$MLPIPE_ATTEMPT";
      echo "\$MLPIPE_ATTEMPT" > "\${{outputs.o}}"; test \$MLPIPE_ATTEMPT = 3
    outputs: {o: {type: uri_file}}
    retry: {max_retries: 3, delay: 0.2, backoff: 2}
Y
expect_code 0 mlpipe run p.yaml
expect_err "attempt 2 of 4"
expect_equal "$(ask_run latest "[(a['number'], a['status'], a['exit_code']) for a in steps['flaky']['attempts']]")" \
  "[(1, 'Failed', 1), (2, 'Failed', 1), (3, 'Completed', 0)]"
mapfile -t times <traces
((times[1] - times[0] >= 200 && times[2] - times[1] >= 400)) || fail "started at ${times[*]} ms"
expect_code 0 mlpipe logs latest flaky
for attempt in 1 2 3; do expect_out "attempt $attempt"; done
expect_code 0 mlpipe run p.yaml
expect_executed ""
