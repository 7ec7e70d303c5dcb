#!/usr/bin/env bash
# plan, why and run tell how a step failed when it was last tried; why says which run it compares with.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {code: 3}
steps:
  a: {command: "exit ${{parameters.code}}"}
  b: {command: "true"}
END
expect_code 0 mlpipe plan p.yaml && expect_out "first run of this step"
expect_code 1 mlpipe run p.yaml --continue-on-step-failure
expect_err "a         Running    first run of this step"
failed=$(ask_run latest "run['run_id']")
expect_code 0 mlpipe plan p.yaml && expect_out "it was never completed; last tried in run $failed: exit code 3"
expect_code 0 mlpipe run p.yaml -p code=0
done=$(ask_run latest "run['run_id']")
expect_code 0 mlpipe plan p.yaml -p code=0 && ! grep -q "last tried" out || fail "a step that would be reused was last tried"
expect_code 1 mlpipe run p.yaml -p code=5
last=$(ask_run latest "run['run_id']")
expect_no_err "last tried"  # that was before it was completed
expect_code 0 mlpipe why p.yaml a -p code=6
expect_out "changed"
expect_out "last tried in run $last: exit code 5"
expect_out "(compared with run $done, "
expect_code 0 mlpipe why p.yaml b && ! grep -q "compared with" out || fail "a reused step is compared with nothing"
expect_code 0 mlpipe why p.yaml a -p code=6 --json
expect_equal "$(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["steps"][0]["compared_with"])')" "$done" "compared_with"
