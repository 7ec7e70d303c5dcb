#!/usr/bin/env bash
# Sourced by tests of on_success and on_failure: http.sh, and words for those who are told.
# shellcheck source=http.sh
. "$(dirname "${BASH_SOURCE[0]}")/http.sh"

deliverers() {  # their process ids, one a line
  local each
  for each in /proc/[0-9]*; do
    [[ $({ tr '\0' ' ' <"$each/cmdline"; } 2>/dev/null) != "mlpipe __notify $work "* ]] || echo "${each#/proc/}"
  done
}
no_deliverer() { [[ -z $(deliverers) ]]; }
end_deliverers() {
  local pid
  for pid in $(deliverers); do kill -KILL "$pid" 2>/dev/null || true; done
}
trap 'code=$?; end_deliverers; (exit "$code"); leave' EXIT

states() { ask_run "${1:-latest}" "' '.join(n['state'] for n in run['notifications'])"; }
states_are() { [[ $(states "$2") == "$1" ]]; }
attempts_are() { [[ $(ask_run "${2:-latest}" "run['notifications'][0]['attempts']") == "$1" ]]; }
has_error() { ask_run latest "run['notifications'][0]['last_error']" | grep -qF -- "$1"; }
expect_states() { wait_until 20 states_are "$1" "${2:-latest}"; }  # expect_states "sent sent" [RUN]
expect_attempts() { wait_until 20 attempts_are "$@"; }               # expect_attempts 2 [RUN]
expect_error() { wait_until 20 has_error "$1"; }                    # of the first one's last attempt

has_requests() { (($(requests) >= $1)); }
posted() { cat "$work/served/.posted" 2>/dev/null || true; }

# What waits for its next attempt is to be sent now, as if the time had gone by.
skip_delay() {
  /usr/bin/python3 -c '
import sqlite3
with sqlite3.connect(".mlpipe/mlpipe.db", timeout=20) as database:
    database.execute("UPDATE notifications SET next_attempt = 0 WHERE state = \"due\"")'
}
