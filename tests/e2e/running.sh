#!/usr/bin/env bash
# Sourced instead of lib.sh by tests of runs that go on: start one, look at it, see what it leaves.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A shell fragment for a step: wait until the test says go (touch $work/go-NAME).
until_go() { echo "until test -e $work/go-$1; do sleep 0.02; done"; }
go() { touch "$work/go-$1"; }

# A shell fragment for a step: leave a trace outside of the workspace's state.
trace() { echo "echo $1 >> $work/traces"; }
expect_traces() {  # expect_traces "a b b": these traces were left, sorted
  expect_equal "$(sort "$work/traces" 2>/dev/null | paste -sd' ')" "$1" "traces"
}
has_trace() { grep -qx -- "$1" "$work/traces"; }

start() {  # start NAME mlpipe arguments…: in the background; $driver is its pid, NAME.out, NAME.err
  local name=$1
  shift
  "$MLPIPE" "$@" >"$name.out" 2>"$name.err" &
  driver=$!
  background+=("$driver")
}
expect_end() {  # expect_end 130 PID: it ends with this code
  local got=0
  wait "$2" || got=$?
  expect_equal "$got" "$1" "exit code of $2 ($(tail -n 3 ./*.err 2>/dev/null))"
}

# Processes of steps: those that work below the private directories.
step_processes() {
  find /proc -maxdepth 2 -name cwd -lname "$work/.mlpipe/work/*" 2>/dev/null | cut -d/ -f3
}
no_step_processes() { [[ -z $(step_processes) ]]; }
step_process_count_is() { [[ $(step_processes | wc -l) == "$1" ]]; }
step_status_is() { [[ $(ask_run latest "steps['$1']['status']") == "$2" ]]; }

expect_sound_database() {
  local answer
  answer=$(/usr/bin/python3 - "$work/.mlpipe/mlpipe.db" <<'PY'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
print(database.execute("pragma integrity_check").fetchone()[0],
      len(database.execute("pragma foreign_key_check").fetchall()))
PY
  )
  expect_equal "$answer" "ok 0" "database"
}
