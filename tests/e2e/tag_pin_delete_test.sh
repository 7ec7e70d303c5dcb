#!/usr/bin/env bash
# Tags are set and removed; a pinned run is kept; a deleted one is hidden, and its results are not reused.
. "$(dirname "$0")/history.sh"
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml
first=$(newest)
expect_code 0 mlpipe tag latest best note='with new data' && expect_out "tags best, note=with new data"
expect_equal "$(ask "d['tags']" tag latest best=yes --remove note)" "{'best': 'yes'}" tags
expect_equal "$(ask_run latest "run['tags']")" "{'best': 'yes'}" "what show says"

expect_code 0 mlpipe pin "$first"
refused "cannot delete run $first: it is pinned (\`mlpipe pin --remove $first\` ends that); nothing was deleted" delete "$first" --yes
expect_code 0 mlpipe pin --remove "$first"
refused "add --yes" delete "$first" </dev/null
expect_equal "$(ask "d['runs'][0]['pinned'], d['runs'][0]['deleted']" runs)" "(False, None)" "still there"

# Its results are used by the second run, so they are offered still.
expect_code 0 mlpipe run p.yaml && expect_executed ""
second=$(newest)
expect_code 0 mlpipe delete "${first:0:9}" --yes && expect_out "mlpipe show $first"
refused "it was deleted already" delete "$first" --yes
expect_equal "$(ask "[r['run_id'] for r in d['runs']]" runs)" "['$second']" "what runs lists"
expect_equal "$(ask "[r['run_id'] for r in d['runs']]" runs --deleted)" "['$first']" "the deleted ones"
expect_code 0 mlpipe show "$first" && expect_out "deleted     20"
expect_code 0 mlpipe run p.yaml && expect_executed ""
third=$(newest)

# Now nobody uses them: the work is done again, and there is no earlier run to compare with.
expect_equal "$(ask "d['results_withdrawn']" delete "$second" latest --yes)" 2 "withdrawn"
refused "there are no runs" show latest
expect_code 0 mlpipe why p.yaml train && expect_out "train would run" && expect_out "first run of this step"
expect_code 0 mlpipe run p.yaml && expect_executed "report train"
expect_equal "$(ask "len(d['runs'])" runs --deleted)" 3 "deleted ones"
refused "was deleted" pin "$third"
expect_code 0 mlpipe delete latest --yes && expect_code 0 mlpipe runs && expect_err "no runs fit"

# A run that made the work anew had replaced an earlier run's result: with it gone, that one counts again.
expect_code 0 mlpipe run p.yaml && fourth=$(newest)
expect_code 0 mlpipe run p.yaml --regenerate-outputs
expect_code 0 mlpipe delete latest --yes
expect_code 0 mlpipe run p.yaml && expect_executed ""
expect_equal "$(ask_run latest "steps['train']['from_run']")" "$fourth" "whose result it is"
refused "was deleted" tag "$third" late
refused "expected a whole number" runs -n 0
