#!/usr/bin/env bash
# endpoint delete: refused while it is used; its runs stay; gc takes what it alone kept.
. "$(dirname "$0")/lib.sh"

mkdir src
echo 'cat rate' >src/train.sh
echo 0.5 >src/rate
cat >p.yaml <<Y
parameters: {gate: none}
steps:
  s:
    source_directory: src
    command: "while [[ \${{parameters.gate}} != none && ! -e \${{parameters.gate}} ]]; do sleep 0.02; done; sh train.sh >\${{outputs.o}}"
    outputs: {o: {type: uri_file}}
Y
refused() {  # refused "message"
  expect_code 2 mlpipe endpoint delete churn
  expect_err "$1"
}
refused "there is no endpoint 'churn': nothing is published"
echo 'max_concurrent_runs: 1' >mlpipe.yaml
expect_code 0 mlpipe publish p.yaml --endpoint churn --description old
echo 0.6 >src/rate
expect_code 0 mlpipe publish p.yaml --endpoint churn

# Used by schedules, then by runs that go on or wait.
expect_code 0 mlpipe schedule create nightly --endpoint churn --every 1h
expect_code 0 mlpipe schedule create weekly --endpoint churn -v 2 --every 1d --disabled
refused "the schedules 'nightly', 'weekly' submit to it; delete them"
expect_code 0 mlpipe schedule update nightly --spec p.yaml
expect_code 0 mlpipe schedule delete weekly
first=$(mlpipe submit churn -p "gate=$work/gate")
second=$(mlpipe submit churn -v 2 -p "gate=$work/gate")
refused "its runs '"
expect_err "$first"
expect_err "$second"
expect_code 0 mlpipe cancel "$second"
refused "its run '$first' has not ended; wait for it, or cancel it"
touch gate
wait_for_run "$first"
expect_code 2 mlpipe endpoint delete chrun
expect_err "did you mean 'churn'"
expect_code 0 mlpipe endpoint delete churn --json
expect_schema endpoint-change
expect_code 0 mlpipe endpoint list --include-archived
expect_out "nothing is published"
expect_code 2 mlpipe submit churn
expect_err "there is no endpoint 'churn'"
expect_code 0 mlpipe verify --deep
expect_code 0 mlpipe runs --endpoint churn
expect_out "$first"
expect_out "$second"
expect_code 0 mlpipe runs --endpoint churn --status Completed -n 1
expect_out "$first"
expect_code 0 mlpipe runs --endpoint churn -n 1
expect_err "mlpipe runs --endpoint churn -n 1 --before $second"
expect_code 2 mlpipe runs --endpoint chrun
expect_err "no run has the endpoint 'chrun' (did you mean 'churn'?)"
expect_code 0 mlpipe compare --endpoint churn

# Its runs stay, and can be repeated while their code is there.
expect_code 0 mlpipe show "$first"
expect_out churn
expect_code 0 mlpipe get "$first" s.o got
expect_file got/o 0.5
expect_code 0 mlpipe run --from-run "$first"
expect_err "reused"
expect_code 0 mlpipe run --from-run "$first" --regenerate-outputs
mapfile -t ids < <(mlpipe runs --json | /usr/bin/python3 -c 'import json,sys; [print(r["run_id"]) for r in json.load(sys.stdin)["runs"]]')
expect_code 0 mlpipe delete --yes "${ids[@]}"
expect_code 0 mlpipe gc --older-than 0s
! grep -rqxF 0.5 .mlpipe/objects || fail "gc left the code of version 1"
expect_code 0 mlpipe show "$first"
expect_out churn
expect_code 2 mlpipe run --from-run "$first" --regenerate-outputs
expect_err "its sources are not in the store any more"

# The name may be used again; a number never means another thing.
expect_code 0 mlpipe publish p.yaml --endpoint churn
expect_out "version 3 of the endpoint 'churn' is published, its default"
expect_code 0 mlpipe endpoint show churn
expect_code 2 mlpipe submit churn -v 1
expect_err "it has 3"
expect_code 0 mlpipe submit churn --wait
expect_code 0 mlpipe endpoint delete churn
expect_out "the endpoint 'churn' is deleted; its runs stay"
