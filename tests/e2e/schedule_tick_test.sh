#!/usr/bin/env bash
# tick submits exactly what the policies say: after a sleep, by many tickers at once, killed at any time, with a clock
# that is set back, while an earlier run goes on.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<Y
parameters: {due: never, gate: none}
steps:
  s:
    command: "echo \${{parameters.due}} >>$work/ran; while [[ \${{parameters.gate}} != none && ! -e \${{parameters.gate}} ]]; do sleep 0.02; done"
Y
create() {  # create NAME words…: once an hour, due at the full hours
  mlpipe schedule create "$1" --spec p.yaml --cron '0 * * * *' -p "due=\${{creation_context.trigger_time}} $1" "${@:2}" >/dev/null
}
# As if the schedule had been made, and looked at, so many hours ago, and a minute after a full hour.
asleep() {  # asleep HOURS NAME
  /usr/bin/python3 -c '
import sqlite3, sys, time
then = (int(time.time()) // 3600 - int(sys.argv[1])) * 3600 * 10**6 + 60 * 10**6
d = sqlite3.connect(".mlpipe/mlpipe.db", timeout=60)
d.execute("UPDATE schedules SET created = ?, settled = ? WHERE name = ?", (then, then, sys.argv[2]))
d.commit()' "$@"
}
runs_of() {  # runs_of NAME: how many it has submitted
  /usr/bin/python3 -c '
import sqlite3, sys
d = sqlite3.connect(".mlpipe/mlpipe.db", timeout=60)
print(d.execute("SELECT count(*) FROM run_properties WHERE name = ? AND value = ?", ("mlpipe.schedule", sys.argv[1])).fetchone()[0])' "$1"
}
ended() { [[ -z $(mlpipe runs --status Queued --status Running --status Preparing --json | grep '"run_id"') ]]; }
no_hour_ends_soon() {  # the tests below look twice within one hour
  local left=$((3600 - $(date +%s) % 3600))
  ((left > 60)) || sleep $((left + 1))
}

no_hour_ends_soon
for policy in none last all; do create "$policy" --catch-up "$policy" --overlap queue; done
expect_code 0 mlpipe schedule tick
expect_file out ""
for policy in none last all; do asleep 5 "$policy"; done
expect_code 0 mlpipe schedule tick
expect_code 0 mlpipe schedule tick
expect_file out ""
late=$(($(date +%s) % 3600))  # within five minutes it is on time
expect_equal "$(runs_of none)" $((late <= 300 ? 1 : 0)) "runs without catching up"
expect_equal "$(runs_of last)" 1 "runs of the last one"
expect_equal "$(runs_of all)" 5 "all runs"
wait_until 60 ended
expect_equal "$(sort ran | uniq -c | awk '$1 > 3' | wc -l)" 0 "moments that ran too often"
expect_code 0 mlpipe schedule show last
expect_out "missed"
for policy in none last all; do expect_code 0 mlpipe schedule delete "$policy"; done

# Many tickers at once.
create many --catch-up all --overlap queue
asleep 12 many
for _ in {1..12}; do
  "$MLPIPE" schedule tick >/dev/null &
  background+=($!)
done
wait
expect_code 0 mlpipe schedule tick
expect_equal "$(runs_of many)" 12 "runs of many tickers"

# Killed at any time; each moment has one run in the end.
create killed --catch-up all --overlap queue
asleep 30 killed
for delay in 0.002 0.005 0.01 0.015 0.02 0.025 0.03 0.04 0.05 0.06; do
  "$MLPIPE" schedule tick >/dev/null 2>&1 &
  background+=($!)
  sleep "$delay"
  kill -KILL $! 2>/dev/null || true
  wait $! 2>/dev/null || true
done
expect_code 0 mlpipe schedule tick
expect_equal "$(runs_of killed)" 30 "runs after kills"
expect_equal "$(/usr/bin/python3 -c '
import sqlite3
d = sqlite3.connect(".mlpipe/mlpipe.db")
print(*d.execute("SELECT count(DISTINCT due), count(DISTINCT run) FROM fires JOIN schedules ON key = schedule WHERE name = \"killed\"").fetchone())')" \
  "30 30" "moments and their runs"
wait_until 120 ended

# A clock that is set back: nothing is due twice.
create back --catch-up all --overlap queue
asleep 3 back
expect_code 0 mlpipe schedule tick
expect_equal "$(runs_of back)" 3 "runs before"
/usr/bin/python3 -c 'import sqlite3
d = sqlite3.connect(".mlpipe/mlpipe.db"); d.execute("UPDATE schedules SET settled = settled + 86400000000"); d.commit()'
expect_code 0 mlpipe schedule tick
expect_equal "$(runs_of back)" 3 "runs after"
wait_until 60 ended

# What to do while a run goes on.
for overlap in skip queue cancel; do
  rm -f gate
  create "$overlap" --overlap "$overlap" --catch-up last -p "gate=$work/gate"
  asleep 1 "$overlap"
  expect_code 0 mlpipe schedule tick
  first=$(grep -o 'run [a-z0-9]*$' out | cut -d' ' -f2)
  wait_until 20 bash -c "\"$MLPIPE\" show $first --json | grep -q '\"status\": \"Running\"'"
  asleep 2 "$overlap"  # due once more
  expect_code 0 mlpipe schedule tick
  case $overlap in
    skip) expect_out "skipped, run $first has not ended" ;;
    *) expect_out "submitted, run" ;;
  esac
  [[ $overlap == cancel ]] || touch gate
  if [[ $overlap == cancel ]]; then
    wait_until 20 bash -c "\"$MLPIPE\" show $first --json | grep -q '\"status\": \"Canceled\"'"
    touch gate
  fi
  wait_until 30 ended
  expect_equal "$(runs_of "$overlap")" "$([[ $overlap == skip ]] && echo 1 || echo 2)" "runs with --overlap $overlap"
done
