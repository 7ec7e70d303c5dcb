#!/usr/bin/env bash
# What schedule refuses, and in which words.
. "$(dirname "$0")/lib.sh"

refused() {  # refused "message" word...
  local message=$1
  shift
  expect_code 2 mlpipe "$@"
  expect_err "$message"
}
printf 'parameters: {n: 0}\nsteps: {s: {command: "echo ${{parameters.n}}"}}\n' >p.yaml
refused "there are no schedules in the workspace" schedule show nightly
create() { refused "$1" schedule create nightly "${@:2}"; }
create "there is no pipeline to run" --cron '0 3 * * *'
create "there is no rule when it is due" --spec p.yaml
create "--endpoint and --spec: give one pipeline" --endpoint e --spec p.yaml --every 1h
create "--cron and --every: give one rule" --spec p.yaml --every 1h --cron '0 3 * * *'
create "--every 'often' is no duration" --spec p.yaml --every often
create "at least" --spec p.yaml --every 10s
create "unknown time zone 'Europe/Berln' (did you mean 'Europe/Berlin'?)" --spec p.yaml --every 1h --timezone Europe/Berln
create "character 1: " --spec p.yaml --cron '61 * * * *'
create "character 5: " --spec p.yaml --cron '* * 31x * *'
create "expected five" --spec p.yaml --cron '* * * *'
create "never" --spec p.yaml --cron '0 0 31 2 *'
create "--start '2026-02-30' is no moment" --spec p.yaml --every 1h --start 2026-02-30
create "end" --spec p.yaml --every 1h --start 2030-01-02 --end 2030-01-01
create "would never be due" --spec p.yaml --cron '0 3 * * *' --end 2020-01-01
create "no such file" --spec gone.yaml --every 1h
create "has no parameter 'm' (did you mean 'n'?)" --spec p.yaml --every 1h -p m=1
create "takes an integer, not 'x'" --spec p.yaml --every 1h -p n=x
create "there is no endpoint 'churn'" --endpoint churn --every 1h
create "expected one of skip, queue, cancel" --spec p.yaml --every 1h --overlap maybe
create "is not UTF-8" --spec p.yaml --every 1h --description $'\xff'
refused "cannot be the name of a schedule" schedule create ../x --spec p.yaml --every 1h
refused "the schedule has no name" schedule create --spec p.yaml --every 1h
expect_code 0 mlpipe schedule list
expect_out "there are no schedules"
expect_code 0 mlpipe schedule create nightly --spec p.yaml --every 1h
create "there is a schedule 'nightly' already" --spec p.yaml --every 1h
refused "there is no schedule 'nigthly' (did you mean 'nightly'?)" schedule show nigthly
refused "there is no schedule" schedule delete other
refused "has no parameter 'm'" schedule trigger nightly -p m=1
refused "--to is not after --from" schedule simulate nightly --from 2026-01-02 --to 2026-01-01
refused "is no moment" schedule simulate nightly --from soon

# A pipeline file that is gone when the schedule is due.
mv p.yaml q.yaml
refused "p.yaml" schedule trigger nightly
/usr/bin/python3 -c 'import sqlite3
d = sqlite3.connect(".mlpipe/mlpipe.db"); d.execute("UPDATE schedules SET created = created - 7000000000, settled = settled - 7000000000"); d.commit()'
expect_code 1 mlpipe schedule tick
expect_err "it could not be submitted"
expect_err "p.yaml"
expect_code 0 mlpipe schedule show nightly
expect_out "failed"
expect_code 0 mlpipe schedule tick
expect_no_err "could not be submitted"
mv q.yaml p.yaml

# No crontab program.
mkdir bin
PATH=$work/bin expect_code 3 "$MLPIPE" schedule install
expect_err "there is no program 'crontab'"
PATH=$work/bin expect_code 3 "$MLPIPE" schedule uninstall
