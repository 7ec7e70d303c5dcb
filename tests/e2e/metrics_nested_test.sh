#!/usr/bin/env bash
# A metrics line that is nested without end is told and left out; the run goes on.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  s:
    command: >-
      /usr/bin/python3 -c 'n = 300000; print("{\"name\": \"a\", \"value\": " + "[" * n + "]" * n + "}")' > "$MLPIPE_METRICS";
      echo '{"name": "b", "value": [1, 2]}' >> "$MLPIPE_METRICS"
END
expect_code 0 mlpipe run p.yaml
expect_err "nested too deeply"
expect_equal "$(ask_run latest "[m['name'] for m in steps['s']['metrics']]")" "['b']" metrics
