#!/usr/bin/env bash
# From a clone to a trained model: installs what is needed (Debian packages), builds mlpipe, runs
# specs/breast-cancer twice and shows what happened. Usage: scripts/quickstart.sh
# The state stays in specs/breast-cancer/.mlpipe, the model in specs/breast-cancer/out; calling the
# script again is quick and reuses every step.
set -euo pipefail
cd "$(dirname "$0")/.."

timed() {  # timed TITLE COMMAND...: shows both, runs it, says how long it took
  local title=$1 begin=${EPOCHREALTIME/[.,]/} status=0 ms
  shift
  printf '\n== %s\n' "$title"
  "$@" || status=$?
  ms=$(((${EPOCHREALTIME/[.,]/} - begin) / 1000))
  printf -- '-- %s: %d.%03d s\n' "$title" $((ms / 1000)) $((ms % 1000))
  return "$status"
}

build() {
  cmake --preset release &&
    cmake --build --preset release --target mlpipe
}

timed "Install what is missing" scripts/install_dependencies.sh build pipelines
timed "Build" build
mlpipe=$PWD/build/release/mlpipe

cd specs/breast-cancer
timed "First run: everything that was not done before" "$mlpipe" run pipeline.yaml
timed "Second run: nothing has changed" "$mlpipe" run pipeline.yaml
timed "What the second run is made of" "$mlpipe" show latest

printf '\n== The report the pipeline wrote, specs/breast-cancer/out/report/report.md\n'
cat out/report/report.md
cat <<EOF

Next: edit a file, e.g. specs/breast-cancer/train/train.py, and see what would run and why:
  cd specs/breast-cancer
  $mlpipe plan pipeline.yaml
  $mlpipe run pipeline.yaml
EOF
