#!/usr/bin/env bash
# A run that shows the steps of the one before it is a run like any other to all who look, and holds what it shows.
. "$(dirname "$0")/running.sh"
cat >p.yaml <<'Y'
steps:
  a: {command: 'echo "{\"name\": \"m\", \"value\": 1}" >>$MLPIPE_METRICS; echo hi; echo a >${{outputs.o}}', outputs: {o: {type: uri_file, file_name: o}}}
  b: {command: "cat ${{inputs.i}} >${{outputs.o}}", inputs: {i: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file, file_name: o}}}
Y
: >mlpipe.yaml
id_of_newest() { ask_run latest "run['run_id']"; }
run() { expect_code 0 "$MLPIPE" run p.yaml --tag "n=$1"; }
run 1 && made=$(id_of_newest)
sleep 2.1
run 2 && planned=$(id_of_newest)
run 3 && run 4
short=$(id_of_newest)
steps_of() { /usr/bin/python3 -c "import sqlite3
print(sqlite3.connect('.mlpipe/mlpipe.db').execute('SELECT count(*) FROM runs WHERE steps_of IS NOT NULL').fetchone()[0])"; }
expect_equal "$(steps_of)" 2 "runs that show another one's steps"

for name in status reused reason fingerprint; do
  expect_equal "$(ask_run "$short" "[s.get('$name') for s in run['steps']]")" "$(ask_run "$planned" "[s.get('$name') for s in run['steps']]")" "$name of steps"
done
expect_equal "$(ask_run "$short" "run['resolved_spec'] and run['tags']")" "{'n': '4'}"
expect_equal "$(ask_run "$short" "run['resolved_spec'] == None")" False
expect_code 0 mlpipe logs "$short" a --stdout && expect_out hi
expect_code 0 mlpipe why "$short" b && expect_out "was reused in run $short"
expect_code 0 mlpipe get "$short" b.o got && expect_file got/o a
expect_code 0 mlpipe report "$short" -o report.html
expect_code 0 mlpipe compare "$planned" "$short" && expect_code 0 mlpipe diff "$planned" "$short"
expect_code 0 mlpipe runs --where "metrics.m=1" && expect_out "$short" && expect_out "$made"
expect_code 0 mlpipe du --by run && expect_out "$short"
expect_code 0 mlpipe clone "$short" cloned

# Deleting all others leaves it what it shows; gc too.
expect_code 0 mlpipe delete --yes "$made" "$planned"
expect_code 0 mlpipe gc
expect_code 0 mlpipe get "$short" b.o again && expect_file again/o a
run 5
expect_equal "$(executed)" "" "steps of results that a run still shows"
expect_code 0 mlpipe verify --deep
