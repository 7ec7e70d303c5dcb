#!/usr/bin/env bash
# Sourced by every end-to-end test: a fresh workspace, and words to check with.
# Needs MLPIPE (the binary) and REPOSITORY (the checkout) in the environment; ctest sets both.
set -euo pipefail
: "${MLPIPE:?} ${REPOSITORY:?}"

work=$(mktemp -d)
cd "$work"
# Slots are shared by all drivers of a user: a test has its own, so that tests run side by side.
export MLPIPE_SLOT_DIRECTORY="$work/.slots"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset MLPIPE_WORKSPACE
background=()
at_end=()  # commands
leave() {
  local code=$? command
  for command in "${at_end[@]:-}"; do [[ -z $command ]] || $command || true; done
  for pid in "${background[@]:-}"; do
    [[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null || true  # it may have ended
  done
  cd /
  # What was started in the background goes on elsewhere: workers of queues, their runs, steps.
  local process
  for process in /proc/[0-9]*; do
    [[ $(readlink "$process/cwd" 2>/dev/null) != "$work"* ]] || kill -KILL "${process#/proc/}" 2>/dev/null || true
  done
  if [[ $code == 0 || $code == 125 ]]; then
    chmod -R u+rwX "$work" && rm -rf "$work"
  else
    echo "FAILED (code $code), see $work"
  fi
  exit "$code"
}
trap leave EXIT

mlpipe() { "$MLPIPE" "$@"; }

skip() {  # skip "why": ctest shows the test as skipped
  echo "SKIPPED: $1"
  exit 125
}

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

expect_code() {  # expect_code 2 mlpipe run bad.yaml; what it printed is in $work/out and $work/err
  local want=$1 got=0
  shift
  "$@" >"$work/out" 2>"$work/err" || got=$?
  [[ $got == "$want" ]] || { cat "$work/out" "$work/err"; fail "exit code $got, expected $want: $*"; }
}
expect_out() { grep -qF -- "$1" "$work/out" || { cat "$work/out"; fail "not on stdout: $1"; }; }
expect_err() { grep -qF -- "$1" "$work/err" || { cat "$work/err"; fail "not on stderr: $1"; }; }
expect_no_err() { ! grep -qF -- "$1" "$work/err" || { cat "$work/err"; fail "on stderr: $1"; }; }
expect_schema() {  # expect_schema logs: the last stdout is a document as schemas/logs.schema.json says
  /usr/bin/python3 -W ignore - "$REPOSITORY/schemas/$1.schema.json" "$work/out" <<'PY' || fail "not as schemas/$1.schema.json says: $(cat "$work/out")"
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(json.load(open(sys.argv[2])), schema, cls=jsonschema.Draft7Validator)
PY
}
expect_file() { [[ $(cat "$1") == "$2" ]] || fail "$1 holds: $(cat "$1"), expected: $2"; }
expect_equal() { [[ $1 == "$2" ]] || fail "${3:-value}: got '$1', expected '$2'"; }

# A question in Python to `mlpipe show RUN --json`: `run` is the document, `steps` its steps by name.
ask_run() {  # ask_run latest "steps['train']['status']"
  mlpipe show "$1" --json | /usr/bin/python3 -c '
import json, sys
run = json.load(sys.stdin)
steps = {step["step"]: step for step in run["steps"]}
print(eval(sys.argv[1]))' "$2"
}

# The steps of a run that were executed, sorted, on one line.
executed() {  # executed latest
  ask_run "${1:-latest}" \
    '" ".join(sorted(n for n, s in steps.items() if s["status"] == "Completed" and not s["reused"]))'
}
expect_executed() {  # expect_executed "prep train": just these ran in the newest run
  local got
  got=$(executed latest) || fail "the newest run cannot be shown"
  expect_equal "$got" "$1" "executed steps"
}

wait_until() {  # wait_until 10 test -e file: poll until the command succeeds, seconds at most
  local limit=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < limit)) || fail "waited in vain for: $*"
    sleep 0.05
  done
}
run_is_completed() { [[ $(ask_run "$1" "run['status']") == Completed ]]; }
wait_for_run() { wait_until 20 run_is_completed "$1"; }  # wait_for_run RUN: of one that goes on in the background
