#!/usr/bin/env bash
# What isolation costs a step: so many trivial steps one after the other, as they are, isolated and traced, in turn.
# Usage: MLPIPE=… bench/isolation.sh [STEPS [ROUNDS]]. Prints milliseconds a step, medians. Nothing is timed in a test.
set -euo pipefail
: "${MLPIPE:=mlpipe}"
steps=${1:-50} rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export MLPIPE_SLOT_DIRECTORY=$work/.slots
{
  echo 'parameters: {n: "0"}'
  echo 'steps:'
  for ((i = 0; i < steps; ++i)); do
    echo "  s$i: {command: 'echo $i \${{parameters.n}} > \"\${{outputs.o}}\"', outputs: {o: {type: uri_file}}}"
  done
} >p.yaml
run() {  # run KIND N: milliseconds of the whole run
  local options=()
  case $1 in
    isolated) echo 'isolation: declared' >mlpipe.yaml ;;
    *) echo 'isolation: none' >mlpipe.yaml ;;
  esac
  [[ $1 != traced ]] || options=(--trace-inputs)
  local began
  began=$(date +%s%N)
  "$MLPIPE" run p.yaml -j1 -p n="$1$2" "${options[@]}" >out 2>err || { cat err; exit 1; }
  grep -q "$steps ran" out || { cat out; exit 1; }
  echo $((($(date +%s%N) - began) / 1000))
}
declare -A times
for ((round = 0; round <= rounds; ++round)); do
  for kind in plain isolated traced; do
    took=$(run "$kind" "$round") || { echo "a run failed: $took" >&2; exit 1; }
    ((round == 0)) || times[$kind]+="$took "  # the first warms up
  done
done
for kind in plain isolated traced; do
  tr ' ' '\n' <<<"${times[$kind]}" | grep . | sort -n |
    awk -v kind="$kind" -v steps="$steps" '{ t[NR] = $1 } END { printf "%-9s %6.2f ms a step\n", kind, t[int((NR + 1) / 2)] / 1000 / steps }'
done
