#!/usr/bin/env bash
# Sourced after running.sh by tests of a database that another program holds.

hold() {  # hold writing|alone: against other writers, or against everybody, until let_go
  rm -f held let-go
  /usr/bin/python3 - "$1" <<'END' &
import os, sqlite3, sys, time
database = sqlite3.connect(".mlpipe/mlpipe.db", isolation_level=None)
if sys.argv[1] == "alone":
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
database.execute("BEGIN EXCLUSIVE")
database.execute("UPDATE runs SET key = key")
open("held", "w").close()
while not os.path.exists("let-go"): time.sleep(0.01)
database.execute("COMMIT")
database.close()
END
  holder=$!
  background+=("$holder")
  wait_until 20 test -e held
}
let_go() {
  touch let-go
  wait "$holder"
}

# A driver that waits sleeps and looks again: it has the database open, and then sleeps this often.
switches() { awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$1/status"; }
has_database_open() { find "/proc/$1/fd" -lname "*/mlpipe.db" 2>/dev/null | grep -q .; }
has_slept() { (($(switches "$1") >= $2)); }
expect_to_wait() {  # expect_to_wait PID: it looks again and again, and does not end
  wait_until 20 has_database_open "$1"
  wait_until 30 has_slept "$1" $(($(switches "$1") + 10))
  kill -0 "$1" 2>/dev/null || fail "it did not wait"
}
