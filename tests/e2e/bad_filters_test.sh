#!/usr/bin/env bash
# Wrong filters, columns, dates and runs are refused with the place or the nearest word.
. "$(dirname "$0")/history.sh"
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml --tag kind=base
id=$(newest)

for command in runs compare; do
  refused "--where: expected a value" $command --where "metrics.accuracy>>0.9"
  expect_equal "$(tail -2 err)" "  metrics.accuracy>>0.9
                   ^" "the place"
  refused "expected an operator" $command --where metrics.accuracy
  refused "unknown field 'metric' (did you mean 'metrics'?)" $command --where "metric.accuracy>1"
  refused "no run has the metric 'acuracy' (did you mean 'accuracy'?)" $command --where "metrics.acuracy>1"
  refused "no run has the parameter 'scor' (did you mean 'score'?)" $command --where parameters.scor=1
  refused "no run has the tag 'knd' (did you mean 'kind'?)" $command --tag knd=base
  refused "no run has the experiment 'trainin' (did you mean 'training'?)" $command --experiment trainin
  refused "no run has the pipeline 'x'; there is training" $command --pipeline x
  refused "there is no such status (did you mean 'Failed'?)" $command --status faild
  refused "--since '2026-02-30': expected 2026-11-20" $command --since 2026-02-30
  refused "--until 'soon': expected" $command --until soon
done
refused "the metric 'accuracy' is always a number, and 'abc' is none" runs --where "metrics.accuracy>abc"
refused "the parameter 'score' is always a number, and 'abc' is none" runs --where "parameters.score=abc"
refused "unknown field 'accuracy' (did you mean 'metrics.accuracy'?)" runs --where "accuracy>0.9"
refused "unknown field 'score' (did you mean 'parameters.score'?)" runs --where "score=1"
refused "unknown field 'kind' (did you mean 'tags.kind'?)" runs --where "kind=base"
refused "there is no 'or'" runs --where "metrics.accuracy>1 or metrics.loss>1"
refused "git has no 'branhc' (did you mean 'branch'?)" runs --where "git.branhc=main"
refused "git has no 'foo'; there are git.branch" runs --columns id,git.foo
refused "201 conditions are asked for" runs --where "$(printf 'user=x and %.0s' {1..200})user=x"
refused "expected a duration" runs --where "duration>10"
refused "there is no column 'statu' (did you mean 'status'?)" runs --columns id,statu
refused "no run has the metric 'los' (did you mean 'loss'?)" runs --columns metrics.los
refused "there is no run 'zzz'" runs --before zzz
refused "there is no such column (did you mean 'accuracy'?)" compare --sort acuracy
refused "runs and filters cannot be used together" compare "$id" --experiment training
refused "there is no run 'zzz'" compare zzz
refused "no runs fit" compare --until 2000-01-01
refused "there is no run of pipeline 'training' before $id" diff
refused "there is no run 'zzz'" diff "$id" zzz
refused "mlpipe tag needs a tag: NAME, NAME=VALUE or --remove NAME" tag latest
refused "'=x' cannot be a tag: expected NAME or NAME=VALUE" tag latest =x
refused "has no tag 'knd' (did you mean 'kind'?)" tag latest new --remove knd
expect_equal "$(ask_run latest "run['tags']")" "{'kind': 'base'}" "a refused tag changes nothing"
refused "has no step 'trian' (did you mean 'train'?)" show latest trian
mkdir empty
for command in "runs" "compare" "diff" "tag latest x" "pin latest" "delete latest --yes"; do
  # shellcheck disable=SC2086  # words on purpose
  refused "there are no runs in the workspace" $command -C empty
done
[[ -z $(ls -A empty) ]] || fail "a workspace was made"

# 41 ids, 31 letters at most: two begin alike. With an empty beginning, all do.
for _ in {1..12}; do mlpipe run p.yaml >/dev/null 2>&1; done
/usr/bin/python3 - <<'PY'
import sqlite3
database = sqlite3.connect(".mlpipe/mlpipe.db")
for number, (key,) in enumerate(database.execute("SELECT key FROM runs ORDER BY key").fetchall()):
    database.execute("UPDATE runs SET id = ? WHERE key = ?", (f"same{number:06d}", key))
database.commit()
PY
refused "'same' is the beginning of several run ids" show same
expect_err "same000012" && expect_err "and 3 more"
