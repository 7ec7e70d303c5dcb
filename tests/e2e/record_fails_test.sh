#!/usr/bin/env bash
# If the database cannot be written, the run ends with 3 and a clear word, and leaves nothing running.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  quick: {command: '$(until_go quick); echo x > \${{outputs.o}}', outputs: {o: {type: uri_file}}}
  other: {command: '$(trace other); sleep 1000'}
Y
database() { /usr/bin/python3 -c '
import sqlite3, sys
sqlite3.connect(".mlpipe/mlpipe.db", timeout=20).executescript(sys.argv[1])' "$1"; }
start run run -j2 p.yaml
wait_until 20 has_trace other
database "create trigger full before insert on results begin select raise(abort, 'no room here'); end;"
go quick
expect_end 3 "$driver"
no_step_processes || fail "left: $(step_processes)"
grep -q "no room here" run.err || { cat run.err; fail "no clear message"; }
expect_equal "$(ask_run latest "run['status'], steps['other']['status']")" "('Failed', 'Failed')"
database "drop trigger full;"
sed -i 's/sleep 1000/true/' p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed "other quick"
expect_sound_database
