#!/usr/bin/env bash
# schedule create, list, show and the changes; simulate across a change of the clocks; JSON of all.
. "$(dirname "$0")/lib.sh"

cat >p.yaml <<'Y'
parameters: {n: 0, when: never}
steps: {s: {command: "echo ${{parameters.n}} ${{parameters.when}} >${{outputs.o}}", outputs: {o: {type: uri_file}}}}
Y
expect_code 0 mlpipe schedule list
expect_out "there are no schedules"
expect_code 0 mlpipe publish p.yaml --endpoint e
expect_code 0 mlpipe schedule create nightly --endpoint e --cron '0 3 * * 1-5' --timezone Europe/Berlin \
  -p 'when=${{creation_context.trigger_time}}' --tag by=me --overlap queue --catch-up all --description "what it is"
expect_out "at 03:00, Monday to Friday, Europe/Berlin"
expect_out "mlpipe schedule install"
expect_code 0 mlpipe schedule create often --spec p.yaml --every 15m --disabled --json
expect_schema schedule-change
expect_code 0 mlpipe schedule list
expect_out "endpoint e"
expect_out "disabled since"
expect_code 0 mlpipe schedule list --json
expect_schema schedules
expect_code 0 mlpipe schedule show nightly
expect_out "what it is"
expect_out "overlap     queue"
expect_code 0 mlpipe schedule show nightly --json
expect_schema schedule-show

expect_code 0 mlpipe schedule trigger nightly -p n=4
id=$(cat out)
wait_for_run "$id"
mlpipe get "$id" s.o got >/dev/null
grep -Eq '^4 20[0-9-]{8}T[0-9:]{8}Z$' got/* || fail "the trigger time: $(cat got/*)"
expect_equal "$(ask_run "$id" "[run['properties']['mlpipe.schedule'], run['tags']['by']]")" "['nightly', 'me']" "the run"
expect_code 0 mlpipe show "$id"
expect_out "schedule    nightly, due 20"
expect_code 0 mlpipe schedule show nightly
expect_out "submitted  $id"
expect_code 0 mlpipe schedule trigger nightly --json
expect_schema schedule-trigger

# The clocks of Berlin go forward on 2026-03-29 and back on 2026-10-25: at particular times neither twice nor never.
expect_code 0 mlpipe schedule simulate --cron '30 2 * * *' --timezone Europe/Berlin --from 2026-03-27 --to 2026-04-01
expect_file out "2026-03-27T01:30:00Z  2026-03-27 02:30 Europe/Berlin
2026-03-28T01:30:00Z  2026-03-28 02:30 Europe/Berlin
2026-03-29T01:00:00Z  2026-03-29 03:00 Europe/Berlin
2026-03-30T00:30:00Z  2026-03-30 02:30 Europe/Berlin
2026-03-31T00:30:00Z  2026-03-31 02:30 Europe/Berlin"
expect_code 0 mlpipe schedule simulate --cron '30 2 * * *' --timezone 'W. Europe Standard Time' --from 2026-10-24 --to 2026-10-27
expect_file out "2026-10-24T00:30:00Z  2026-10-24 02:30 Europe/Berlin
2026-10-25T00:30:00Z  2026-10-25 02:30 Europe/Berlin
2026-10-26T01:30:00Z  2026-10-26 02:30 Europe/Berlin"
expect_code 0 mlpipe schedule simulate nightly --from 2026-10-23 --to 2026-10-28 --json
expect_schema schedule-simulate
expect_equal "$(grep -c '02:00:00Z\|01:00:00Z' out)" 3 "working days"

expect_code 0 mlpipe schedule enable often
expect_code 0 mlpipe schedule enable often
expect_out "already: nothing was changed"
expect_code 0 mlpipe schedule disable often --json
expect_schema schedule-change
expect_code 0 mlpipe schedule tick --json
expect_schema schedule-tick
expect_code 0 mlpipe schedule delete often --json
expect_schema schedule-change
expect_code 0 mlpipe schedule create often --endpoint e --version 1 --every 1d
expect_code 0 mlpipe publish p.yaml --endpoint e -p n=1 --set-default
expect_code 2 mlpipe endpoint delete-version e 1
expect_err "the schedule 'often' submits it"
expect_code 0 mlpipe schedule delete often
expect_out "its runs stay"
