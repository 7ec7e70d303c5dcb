#!/usr/bin/env bash
# Runs the fuzz programs of the asan preset (tests/fuzz). Usage: scripts/fuzz.sh [OPTION...] [SECONDS] [TARGET...]
#   scripts/fuzz.sh                  every target for 20 seconds, two at a time
#   scripts/fuzz.sh 600 yaml filter  these two for ten minutes
#   --corpus-only                    just the inputs of tests/fuzz/corpus; nothing is built
#   --jobs N                         so many at a time (2)
#   --programs DIR                   where the programs are; nothing is built (build/asan/fuzz)
# What is learned stays in build/asan/fuzz/grown/TARGET. An input that breaks a promise ends a program and
# lies in build/asan/fuzz/findings: mend it, minimise it (PROGRAM -minimize_crash=1 -runs=10000 FILE) and add it to
# tests/fuzz/corpus/TARGET. MLPIPE_FUZZ_SEED is the seed (1); 0 takes a new one each time.
# Each target's line says how many inputs were tried. Ends with 1 if there was a finding.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)

usage() {
  sed -n '2,/^set -/{/^# /s/^# //p}' "$0" >&2
  exit 2
}

seconds=20 jobs=2 programs="" corpus_only=""
targets=()
while [[ $# != 0 ]]; do
  case $1 in
    --corpus-only) corpus_only=yes ;;
    --jobs) jobs=${2:?--jobs N}; shift ;;
    --programs) programs=${2:?--programs DIR}; shift ;;
    -*) usage ;;
    *[!0-9]*) targets+=("$1") ;;
    *) seconds=$1 ;;
  esac
  shift
done

if [[ -z $programs ]]; then
  programs=$repository/build/asan/fuzz
  if [[ -z $corpus_only ]]; then
    [[ -f $repository/build/asan/CMakeCache.txt ]] || (cd "$repository" && cmake --preset asan)
    cmake --build "$repository/build/asan" --target fuzzers >&2
  fi
fi
if [[ ${#targets[@]} == 0 ]]; then
  for source in "$repository"/tests/fuzz/*.cpp; do
    name=$(basename "$source" .cpp)
    [[ $name == fuzz_target ]] || targets+=("$name")
  done
fi

# Scratch files belong into memory, and go whatever happens to the programs.
parent=${TMPDIR:-/tmp}
[[ -w /dev/shm ]] && parent=/dev/shm
scratch=$(mktemp -d "$parent/mlpipe-fuzz.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

run_target() {  # run_target NAME: one line about it on stdout; what the program said on stderr if it failed
  local name=$1 program=$programs/$1 log=$scratch/$1.log begin=$SECONDS status=0 options
  [[ -x $program ]] || { echo "fuzz.sh: no program '$program'; is '$name' in tests/fuzz/fuzz.cmake?" >&2; return 1; }
  mkdir -p "$programs/grown/$name" "$programs/findings" "$scratch/$name"
  options=(-timeout=10 -rss_limit_mb=2048 -artifact_prefix="$programs/findings/$name-")
  [[ ! -f $repository/tests/fuzz/$name.dict ]] || options+=("-dict=$repository/tests/fuzz/$name.dict")
  if [[ -n $corpus_only ]]; then
    options+=(-runs=0 "$repository/tests/fuzz/corpus/$name")
  else
    options+=("-max_total_time=$seconds" "-seed=${MLPIPE_FUZZ_SEED:-1}" -print_final_stats=1
      "$programs/grown/$name" "$repository/tests/fuzz/corpus/$name")
  fi
  TMPDIR=$scratch/$name ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0 "$program" "${options[@]}" >"$log" 2>&1 ||
    status=$?
  if [[ $status != 0 ]]; then
    tail -n 60 "$log" >&2
    printf '%-20s FAILED (%d): see %s\n' "$name" "$status" "$programs/findings"
    return 1
  fi
  printf '%-20s ok, %s inputs in %d s, %s features\n' "$name" \
    "$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p; s/^#\([0-9]*\).*DONE.*/\1/p' "$log" | tail -n 1)" $((SECONDS - begin)) \
    "$(sed -n 's/.* ft: \([0-9]*\).*/\1/p' "$log" | tail -n 1)"
}

for name in "${targets[@]}"; do
  while (($(jobs -rp | wc -l) >= jobs)); do wait -n || true; done
  { run_target "$name" || touch "$scratch/failed"; } &
done
wait
[[ ! -e $scratch/failed ]]
