#!/usr/bin/env bash
# How long a caller waits for `mlpipe submit`, and for what is due in a year. Usage: MLPIPE=build/release/mlpipe bench/submits.sh [ROUNDS]
# submit: a pipeline of one step, published; each submit has a parameter of its own, so that its run executes. Beside it,
# in turn, `mlpipe --version`: what starting the program takes. schedules: 100 different ones, a year each, one process a
# schedule; that all moments are told is checked. Figures: bench/README.md.
set -euo pipefail
: "${MLPIPE:?MLPIPE=path of the program}"
MLPIPE=$(realpath "$MLPIPE")
rounds=${1:-40}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export MLPIPE_SLOT_DIRECTORY=$work/.slots
cat >p.yaml <<'Y'
parameters: {word: none}
steps:
  say: {command: "echo ${{parameters.word}}"}
Y
"$MLPIPE" publish p.yaml --endpoint e >/dev/null
/usr/bin/python3 - "$MLPIPE" "$rounds" <<'P'
import statistics, subprocess, sys, time

program, rounds = sys.argv[1], int(sys.argv[2])

def taken(*words):
    begin = time.perf_counter()
    done = subprocess.run([program, *words], stdout=subprocess.PIPE, check=True, text=True)
    return (time.perf_counter() - begin) * 1e3, done.stdout

start, submit = [], []
for number in range(rounds):
    start.append(taken("--version")[0])
    submit.append(taken("submit", "e", "-p", f"word={number}")[0])
    time.sleep(0.2)  # its run ends
print(f"submit: median {statistics.median(submit):.1f} ms of {rounds}, 90 % within {sorted(submit)[rounds * 9 // 10]:.1f} ms, "
      f"{statistics.median(submit) / statistics.median(start):.1f} x the start of the program")

begin = time.perf_counter()
moments = 0
for number in range(100):
    words = ["schedule", "simulate", "--cron", f"{number % 60} {number % 24} * * *", "--timezone", "Europe/Berlin",
             "--from", "2026-01-01", "--to", "2027-01-01"]
    told = taken(*words)[1]
    moments += sum(1 for line in told.splitlines() if line[:3] == "202")
seconds = time.perf_counter() - begin
print(f"a year of 100 schedules: {seconds:.2f} s, {moments} moments, each {seconds * 10 / statistics.median(start):.1f} x the start of the program")
assert moments == 36500, moments
P
# Its runs must not outlive the folder.
until [[ -z $("$MLPIPE" runs --status Queued --status Running --status Preparing --json | grep '"run_id"') ]]; do sleep 0.1; done
