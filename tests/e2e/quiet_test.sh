#!/usr/bin/env bash
# run -q prints the run's id and nothing else, unless something went wrong.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {code: 0}
steps:
  a: {command: "echo word; exit ${{parameters.code}}", outputs: {o: {type: uri_folder, path: made}}}
END
expect_code 0 mlpipe run -q p.yaml
expect_equal "$(cat out)" "$(ask_run latest "run['run_id']")" "what stands on stdout"
[[ ! -s err ]] || fail "on stderr: $(cat err)"
expect_code 0 mlpipe run --quiet p.yaml   # all is reused
expect_equal "$(cat out)" "$(ask_run latest "run['run_id']")" "the id of a reused run"
[[ ! -s err ]] || fail "on stderr: $(cat err)"
touch made/mine
expect_code 0 mlpipe run -q p.yaml --from a
expect_code 1 mlpipe run -q p.yaml -p code=3
expect_equal "$(cat out)" "$(ask_run latest "run['run_id']")" "the id of a failed run"
expect_err "step 'a' failed: exit code 3" && expect_err "| word" && expect_err "Failed in "
expect_no_err "Running"
