#!/usr/bin/env bash
# pass_environment hands a variable over; its value counts, but the database does not hold it in clear.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps: {s: {command: 'echo "${#TOKEN} ${TOKEN-unset}" >$HOME/seen', pass_environment: [TOKEN]}}
END
export HOME=$work
expect_code 0 mlpipe run p.yaml && expect_file seen "0 unset"
TOKEN=quite-secret-value expect_code 0 mlpipe run p.yaml
expect_executed s && expect_file seen "18 quite-secret-value"
expect_equal "$(ask_run latest "steps['s']['reason']")" "passed environment variable 'TOKEN' changed"
TOKEN=quite-secret-value expect_code 0 mlpipe run p.yaml && expect_executed ""
TOKEN=another-secret expect_code 0 mlpipe run p.yaml && expect_executed s
OTHER=1 expect_code 0 mlpipe run p.yaml && expect_executed ""
! grep -rqaE "quite-secret-value|another-secret" .mlpipe || fail "stored: $(grep -rlaE 'secret' .mlpipe)"
