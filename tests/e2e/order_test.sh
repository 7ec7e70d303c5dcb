#!/usr/bin/env bash
# depends_on orders steps without data; a diamond joins.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  d: {command: '$(trace d)', depends_on: [b, c]}
  b: {command: '$(trace b)', depends_on: [a]}
  c: {command: '$(trace c)', depends_on: [a]}
  a: {command: '$(trace a)'}
Y
expect_code 0 mlpipe run -j4 p.yaml
expect_equal "$(head -n 1 traces), $(tail -n 1 traces), $(wc -l <traces)" "a, d, 4"
