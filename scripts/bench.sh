#!/usr/bin/env bash
# Compares mlpipe with ninja on equal graphs; see bench/README.md.
# Usage: scripts/bench.sh [--quick] [--ninja-shell sh|bash] [STEPS...]
#   STEPS    sizes of the graph (default: 1000 10000)
#   --quick  200 steps, one round: only whether it works
# MLPIPE names another binary than that of the release preset; ROUNDS another number than 5.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
cd "$repository"

rounds=${ROUNDS:-5}
sizes=()
shell="sh"
while [[ $# -gt 0 ]]; do
  case $1 in
    --quick) rounds=1 sizes=(200) ;;
    --ninja-shell) shell=$2; shift ;;
    [0-9]*) sizes+=("$1") ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done
[[ ${#sizes[@]} -gt 0 ]] || sizes=(1000 10000)

if [[ -z ${MLPIPE:-} ]]; then
  scripts/install_dependencies.sh bench
  cmake --preset release >/dev/null
  cmake --build --preset release --target mlpipe
  MLPIPE=$repository/build/release/mlpipe
fi
bench=$repository/build/bench
mkdir -p "$bench"

declare -A times  # "TOOL ROW": microseconds of every round

timed() {  # timed "TOOL ROW" COMMAND...: fails with the command's last words
  local key=$1 begin=${EPOCHREALTIME/[.,]/}
  shift
  "$@" >"$bench/last.log" 2>&1 || { tail -20 "$bench/last.log"; echo "failed: $*"; return 1; } >&2
  times[$key]+="$((${EPOCHREALTIME/[.,]/} - begin)) "
}

median() { tr ' ' '\n' <<<"$1" | sed '/^$/d' | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

run_mlpipe() { cd mlpipe && "$MLPIPE" run -j2 pipeline.yaml; }
run_ninja() { ninja -C ninja -j2; }

both() {  # both ROW ROUND: each tool once, the first one in turn
  local first=mlpipe second=ninja
  if (($2 % 2)); then first=ninja second=mlpipe; fi
  timed "$first $1" "run_$first"
  cd "$work"
  timed "$second $1" "run_$second"
  cd "$work"
}

# All that mlpipe made, one line an output: the store keeps a file under its own name.
made_by_mlpipe() { find mlpipe/.mlpipe/objects -type f -name made.txt -exec cat {} + | sort; }
made_by_ninja() { find ninja/out -type f -exec cat {} + | sort; }

check_made() {  # check_made WHEN EXPECTED: as many outputs as expected, and all of ninja's among them
  local made
  made=$(made_by_mlpipe | wc -l)
  [[ $made == "$2" ]] || { echo "$1: mlpipe has $made outputs, not $2" >&2; return 1; }
  if [[ -n $(comm -13 <(made_by_mlpipe) <(made_by_ninja)) ]]; then
    echo "$1: ninja made bytes that mlpipe did not make" >&2
    return 1
  fi
}

one_round() {  # one_round STEPS ROUND
  local chain=$((($1 - 1) / 10))
  local length=$(($1 - chain * 10))
  rm -rf mlpipe/.mlpipe ninja/out ninja/.ninja_*
  git checkout -q -- .
  sleep 2.1  # what changed within two seconds is hashed again in every run
  both first "$2"
  check_made "first run" "$1"
  both no-op "$2"
  both no-op "$2"
  check_made "no-op" "$1"
  echo "edited in round $2" | tee "mlpipe/src/chain$chain.txt" > "ninja/src/chain$chain.txt"
  both edit "$2"
  check_made "one file edited" $(($1 + length))
  rm -rf fetched
  (cd mlpipe && "$MLPIPE" get latest "s$(($1 - 1)).made" ../fetched >/dev/null)
  diff -q <(find fetched -type f -exec cat {} +) "ninja/out/s$(($1 - 1)).txt" >/dev/null ||
    { echo "'mlpipe get' gives other bytes than ninja made" >&2; return 1; }
}

report() {  # report STEPS: the table, and the JSON file
  local row a b json="" separator=""
  printf '\n%s steps, -j2, median of %s, ninja through %s\n' "$1" "$rounds" "$shell"
  printf '%-10s %12s %12s %8s\n' "" "mlpipe ms" "ninja ms" ratio
  for row in first no-op edit version completion; do
    a=$(median "${times[mlpipe $row]}") b=$(median "${times[ninja $row]}")
    awk -v row="$row" -v a="$a" -v b="$b" \
      'BEGIN { printf "%-10s %12.1f %12.1f %8.2f\n", row, a / 1000, b / 1000, a / b }'
    json+="$separator\"$row\": {\"mlpipe_us\": [$(sed 's/ $//; s/ /, /g' <<<"${times[mlpipe $row]}")],"
    json+=" \"ninja_us\": [$(sed 's/ $//; s/ /, /g' <<<"${times[ninja $row]}")]}"
    separator=", "
  done
  printf '{"steps": %s, "ninja_shell": "%s", "mlpipe": "%s", "ninja": "%s", "processors": %s, "rows": {%s}}\n' \
    "$1" "$shell" "$("$MLPIPE" --version | head -1)" "$(ninja --version)" "$(nproc)" "$json" \
    > "$bench/results-$1.json"
}

for steps in "${sizes[@]}"; do
  work=$bench/work-$steps
  rm -rf "$work"
  times=()
  cd "$repository"
  bench/generate.sh "$work" "$steps" "$shell"
  cd "$work"
  for ((round = 1; round <= rounds; round++)); do
    one_round "$steps" "$round"
    for ((i = 0; i < 10; i++)); do
      timed "mlpipe version" "$MLPIPE" --version
      timed "ninja version" ninja --version
      timed "mlpipe completion" "$MLPIPE" __complete plain run mlpipe/pipeline.yaml --only s1
      timed "ninja completion" ninja -C ninja -t targets depth 1
    done
  done
  report "$steps"
done
echo
echo "Raw times: $bench/results-*.json"
