#!/usr/bin/env bash
# Compares mlpipe with ninja, make, snakemake, xxhsum and programs that do the bare work; see bench/README.md.
# Usage: scripts/bench.sh [--quick] [--all] [--rounds N] [--ninja-shell sh|bash] [ROW...]   (--help names the rows)
# MLPIPE names another binary than that of the release preset, which is built otherwise; BENCH another folder to work in.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
bench=$(realpath -m "${BENCH:-$repository/build/bench}")

if [[ -z ${MLPIPE:-} ]]; then
  cd "$repository"
  scripts/install_dependencies.sh bench
  cmake --preset release >/dev/null
  cmake --build --preset release --target mlpipe
  MLPIPE=$repository/build/release/mlpipe
fi
MLPIPE=$(realpath "$MLPIPE")
mkdir -p "$bench"
for program in floor walk; do
  [[ $bench/$program -nt $repository/bench/$program.cpp ]] ||
    g++ -O2 -std=c++20 -Wall -Wextra -Werror -pthread -o "$bench/$program" "$repository/bench/$program.cpp" -lxxhash
done
exec /usr/bin/python3 "$repository/bench/bench.py" --mlpipe "$MLPIPE" --folder "$bench" "$@" </dev/null
