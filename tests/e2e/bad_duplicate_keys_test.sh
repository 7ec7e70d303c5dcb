#!/usr/bin/env bash
# A key that appears twice is an error, also deep inside and where values are equal.
. "$(dirname "$0")/faults.sh"

cat >bad.yaml <<'END'
steps:
  a: {command: "true"}
  b:
    command: "true"
    limits: {timeout: 1, timeout: 1}
  a: {command: "true"}
END
expect_problem 5:26 "the key 'timeout' appears twice"
expect_problem 6:3 "the key 'a' appears twice"
expect_err "the first one is in line 2"
