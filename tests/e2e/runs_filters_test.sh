#!/usr/bin/env bash
# runs lists what fits its filters, page by page, with the columns asked for.
. "$(dirname "$0")/history.sh"
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml -p score=90 --tag kind=base
first=$(newest)
expect_code 0 mlpipe run p.yaml -p score=95 --experiment other --tag kind=new --tag good
second=$(newest)
expect_code 1 mlpipe run p.yaml -p score=13
third=$(newest)
expect_code 0 mlpipe run p.yaml -p score=95 --set steps.report.description=again
fourth=$(newest)

fits() {  # fits "ids, newest first" options…
  local want=$1
  shift
  expect_equal "$(ask "' '.join(r['run_id'] for r in d['runs'])" runs "$@")" "$want" "runs $*"
}
fits "$fourth $third $second $first"
fits "$second" --experiment other
fits "$third" --status failed
fits "$fourth $third $second $first" --status Failed --status Completed --pipeline training
fits "$second $first" --tag kind && fits "$second" --tag kind=new --tag good
fits "$fourth $third $second $first" --since yesterday && fits "" --until "5m" && fits "" --since "23:59"
fits "$fourth $second" --where "metrics.accuracy>0.9"
fits "$fourth $second" --where "metrics.train.accuracy >= '0.95'" --where parameters.score=95
fits "$second" --where "metrics.accuracy>0.9 and tags.kind=new"
fits "$third" --where "status=Failed and duration<10m"
fits "$third $second $first" --before "$fourth" && fits "$first" --before "$second"

expect_code 0 mlpipe runs && expect_out "run  " && expect_out "kind=base"
expect_code 0 mlpipe runs --columns id,metrics.accuracy,parameters.score,tags.kind --where metrics.accuracy=0.95
expect_equal "$(tail -1 out | tr -s ' ')" "$second 0.95 95 new" "the chosen columns"
expect_code 0 mlpipe runs -n 2 --pipeline training && expect_equal "$(wc -l <out)" 3 "two and the head"
expect_err "there are more; the next page: mlpipe runs --pipeline training -n 2 --before $third"
expect_code 0 mlpipe runs -n 2 --before "$third" && expect_no_err "there are more"
expect_equal "$(ask "d['next_before']" runs -n 2)" "$third" "the next page"
expect_code 0 mlpipe pin "$first" && expect_code 0 mlpipe runs && expect_out pinned
expect_code 0 mlpipe runs --until 2000-01-01 && expect_err "no runs fit"
