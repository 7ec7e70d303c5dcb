#!/usr/bin/env bash
# schedule update: what is given changes, the rest stays, and no new time is made up for.
. "$(dirname "$0")/lib.sh"

cat >p.yaml <<'Y'
parameters: {n: 0, m: 0}
steps: {s: {command: "echo ${{parameters.n}} ${{parameters.m}} >${{outputs.o}}", outputs: {o: {type: uri_file}}}}
Y
refused() {  # refused "message" option...
  expect_code 2 mlpipe schedule update nightly "${@:2}"
  expect_err "$1"
}
ask() {  # ask "s['when']": of the schedule as JSON
  mlpipe schedule show nightly --json | /usr/bin/python3 -c 'import json, sys
s = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}
make_older() {  # as if it had been made, and looked at, so many days ago
  /usr/bin/python3 -c 'import sqlite3, sys
d = sqlite3.connect(".mlpipe/mlpipe.db"); past = int(sys.argv[1]) * 86400 * 10**6
d.execute("UPDATE schedules SET created = created - ?, settled = settled - ?", (past, past)); d.commit()' "$1"
}

refused "there are no schedules in the workspace" --every 1h
expect_code 0 mlpipe publish p.yaml --endpoint e
expect_code 0 mlpipe schedule create nightly --endpoint e --cron '0 3 * * *' --timezone Europe/Berlin -p n=1 -p m=2 \
  --description "what it is" --tag by=me --on-failure "mail me"

# One thing at a time.
before=$(ask "[s[k] for k in ('created', 'description', 'tags', 'notifications', 'time_zone', 'catch_up', 'enabled')]")
expect_code 0 mlpipe schedule update nightly --cron '0 4 * * 1-5' --json
expect_schema schedule-change
expect_out '"changed": true'
expect_code 0 mlpipe schedule update nightly -p n=5 --overlap queue
expect_out "schedule 'nightly' is changed: at 04:00, Monday to Friday, Europe/Berlin"
expect_out "next: "
expect_equal "$(ask "[s[k] for k in ('created', 'description', 'tags', 'notifications', 'time_zone', 'catch_up', 'enabled')]")" \
  "$before" "what was not given"
expect_equal "$(ask "[s['when'], s['parameters'], s['overlap']]")" \
  "['at 04:00, Monday to Friday, Europe/Berlin', {'m': '2', 'n': '5'}, 'queue']" "what was given"
expect_code 0 mlpipe schedule update nightly --timezone UTC --catch-up all --description other --no-notifications \
  --start '2020-01-01 12:00' --end 2090-01-01
expect_equal "$(ask "[s['when'], s['catch_up'], s['description'], s['notifications']]")" \
  "['at 04:00, Monday to Friday, UTC, from 2020-01-01 12:00, until 2090-01-01 00:00', 'all', 'other', []]" "what was given"
expect_code 0 mlpipe schedule update nightly --description other
expect_out "already: nothing was changed"
expect_code 0 mlpipe schedule update nightly --description other --json
expect_out '"changed": false'

# What was due before is not made up for, whatever the policy says.
make_older 30
expect_code 0 mlpipe schedule update nightly --every 1h
expect_code 0 mlpipe schedule tick
expect_equal "$(ask "s['fires']")" "[]" "what a new rule made up for"
# Without a new rule it stays due, and is submitted with the new values.
make_older 1
expect_code 0 mlpipe schedule update nightly -p n=7 --catch-up last
expect_code 0 mlpipe schedule tick
expect_equal "$(ask "[f['outcome'] for f in s['fires'] if f['outcome'] != 'missed']")" "['submitted']" "due as before"
run=$(ask "s['fires'][0]['run_id']")
wait_for_run "$run"
mlpipe get "$run" s.o got >/dev/null
expect_file got/o "7 2"

# Another pipeline, by options and by a file.
expect_code 0 mlpipe schedule update nightly --spec p.yaml
expect_equal "$(ask "[s['endpoint'], s['spec_file'], s['parameters']]")" "[None, '$PWD/p.yaml', {'m': '2', 'n': '7'}]" "the pipeline"
mkdir elsewhere
printf 'frequency: week\ninterval: 2\ntime_zone: UTC\n' >elsewhere/t.yml
expect_code 0 mlpipe schedule update nightly -f elsewhere/t.yml
expect_equal "$(ask "s['parameters']")" "{'m': '2', 'n': '7'}" "values beside a file with a trigger alone"
expect_out "every 2 weeks"
cat >s.yml <<'Y'
name: other
trigger: {type: cron, expression: "5 5 * * *"}
create_job: {type: pipeline, job: ./p.yaml, inputs: {n: 9}}
Y
expect_code 0 mlpipe schedule update nightly -f s.yml
expect_equal "$(ask "[s['when'], s['parameters']]")" "['at 05:05, every day, UTC', {'n': '9'}]" "by a file"
expect_code 0 mlpipe schedule update nightly --endpoint e -v 1
expect_equal "$(ask "[s['endpoint'], s['version'], s['spec_file']]")" "['e', '1', None]" "the endpoint"

# Refused, and nothing is changed.
before=$(ask "[s[k] for k in s if k != 'status']")
refused "nothing of the schedule 'nightly' is to be changed"
refused "--cron and --every: give one rule" --cron '0 3 * * *' --every 1h
refused "--endpoint and --spec: give one pipeline" --endpoint e --spec p.yaml
refused "--every 'often' is no duration" --every often
refused "unknown time zone" --timezone Europe/Berln
refused "would never be due" --end 2020-01-02
refused "has no parameter 'k'" --cron '0 1 * * *' -p k=1
refused "takes an integer, not 'x'" -p n=x
refused "there is no endpoint 'f'" --endpoint f
refused "has no version 7" -v 7
refused "what is run is no endpoint" --spec p.yaml -v 1
refused "is not UTF-8" --description $'\xff'
refused "cannot be given together" --no-notifications --on-failure x
refused "expected one of skip, queue, cancel" --overlap maybe
expect_equal "$(ask "[s[k] for k in s if k != 'status']")" "$before" "what was refused"
expect_code 2 mlpipe schedule update nigthly --every 1h
expect_err "did you mean 'nightly'"
expect_code 2 mlpipe schedule update --every 1h
# What is run is not looked at where it does not change.
mv p.yaml gone.yaml
expect_code 0 mlpipe schedule update nightly --cron '0 6 * * *'
expect_code 0 mlpipe schedule disable nightly
expect_code 0 mlpipe schedule update nightly --cron '0 7 * * *'
expect_out "next: disabled since"
