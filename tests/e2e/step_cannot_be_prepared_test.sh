#!/usr/bin/env bash
# A step that cannot be made ready ends the run with 3 and the reason; what ran beside it counts.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
steps:
  a: {command: "python3 -c 'print(1)'"}
  b: {command: "python3 -c 'print(2)'"}
  c: {command: "true"}
  d: {command: "true", depends_on: [a, b, c]}
END
mkdir -p .mlpipe/cache && touch .mlpipe/cache/python
expect_code 3 mlpipe run p.yaml
expect_err "cannot make the folder '$work/.mlpipe/cache/python"
expect_equal "$(ask_run latest "run['status'], steps['a']['status'], steps['d']['status']")" "('Failed', 'Failed', 'Skipped')"
expect_sound_database
rm .mlpipe/cache/python
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed ""
