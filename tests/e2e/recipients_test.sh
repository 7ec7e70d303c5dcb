#!/usr/bin/env bash
# Who is told of a run's end: those that the pipeline names, its endpoint and its schedule; also of runs that are canceled
# before they begin, and of a schedule that cannot submit.
. "$(dirname "$0")/lib.sh"
tell() { echo "cat >>$work/told; echo ' $1' >>$work/told"; }
cat >p.yaml <<Y
on_failure: "$(tell pipeline)"
parameters: {n: 0}
steps: {s: {command: "exit \${{parameters.n}}"}}
Y
expect_code 0 mlpipe publish p.yaml --endpoint e
expect_code 0 mlpipe endpoint update e --on-failure "$(tell endpoint)" --on-success "$(tell good)"
expect_code 2 mlpipe endpoint update e --on-failure htp://host/x
expect_err "neither a command nor an address"
expect_code 0 mlpipe endpoint show e
expect_out "tells of failure"
expect_code 0 mlpipe endpoint show e --json
expect_schema endpoint
expect_code 0 mlpipe schedule create sch --endpoint e --cron '0 3 * * *' -p n=3 --on-failure "$(tell schedule)"
told() { grep -c " $1\$" told 2>/dev/null || true; }
is_told() { [[ $(told "$1") == "$2" ]]; }

expect_code 0 mlpipe submit e --wait
wait_until 20 is_told good 1
expect_equal "$(told endpoint) $(told pipeline)" "0 0" "failures told of a success"
expect_code 0 mlpipe schedule trigger sch
for who in pipeline endpoint schedule; do wait_until 20 is_told "$who" 1; done
grep -q '"mlpipe.schedule":"sch"' told || fail "the event: $(cat told)"

# Canceled before it began.
rm told
echo 'max_concurrent_runs: 1' >mlpipe.yaml
printf 'steps: {s: {command: "sleep 30"}}\n' >slow.yaml
expect_code 0 mlpipe publish slow.yaml --endpoint long
going=$(mlpipe submit long)
waiting=$(mlpipe submit e -p n=4)
expect_code 0 mlpipe why "$waiting"
expect_out "is queued: it has not begun"
expect_code 2 mlpipe clone "$waiting" copy
expect_err "is queued"
expect_code 0 mlpipe doctor
! grep -q "killed or crashed" out || fail "doctor takes a queued run for dead: $(cat out)"
expect_code 0 mlpipe cancel "$waiting"
for who in pipeline endpoint; do wait_until 20 is_told "$who" 1; done
expect_code 0 mlpipe cancel "$going"

# A schedule that cannot submit: a failed run, of which its recipients are told.
rm told
expect_code 0 mlpipe schedule create gone --spec slow.yaml --every 1h --on-failure "$(tell gone)"
rm slow.yaml
/usr/bin/python3 -c 'import sqlite3
d = sqlite3.connect(".mlpipe/mlpipe.db"); d.execute("UPDATE schedules SET created = created - 7000000000, settled = settled - 7000000000 WHERE name = \"gone\""); d.commit()'
expect_code 1 mlpipe schedule tick
wait_until 20 is_told gone 1
expect_code 0 mlpipe endpoint update e --no-notifications
expect_code 0 mlpipe endpoint show e
! grep -q "tells of" out || fail "somebody is told still: $(cat out)"
