#!/usr/bin/env bash
# A failed step: exit code 1, and a message that shows what to look at.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<'Y'
steps:
  bad: {command: 'for i in $(seq 30); do echo "problem $i" >&2; done; touch left; exit 7'}
Y
expect_code 1 mlpipe run p.yaml
expect_err "step 'bad' failed: exit code 7"
expect_err "| problem 30"
expect_no_err "| problem 5"
expect_out "Failed in"
log=$(sed -n 's/^ *log: //p' err)
expect_equal "$(wc -l <"$log")" 30 "lines in the log"
directory=$(sed -n 's/^ *its directory is kept: //p' err)
[[ -e $directory/code/left ]] || fail "the directory is not kept: $directory"
expect_equal "$(ask_run latest "run['status'], steps['bad']['attempts'][0]['exit_code']")" "('Failed', 7)"
