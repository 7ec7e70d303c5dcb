#!/usr/bin/env bash
# Runs clang-tidy 14 with the commands of the tidy preset (clang++). Usage: scripts/tidy.sh [--all]
# Looks at the sources under src/ that changed since the branch left main (on main: in the last five
# commits), and at those that include a changed header. --all, or no such commit: all of src/.
# MLPIPE_CI_BASE names another commit to compare with.
set -euo pipefail
cd "$(dirname "$0")/.."

base_commit() {  # prints nothing if there is none
  local ref commit head
  head=$(git rev-parse HEAD)
  for ref in "${MLPIPE_CI_BASE:-}" origin/main origin/master main master; do
    [[ -n $ref ]] || continue
    commit=$(git merge-base HEAD "$ref" 2>/dev/null) || continue
    [[ $commit == "$head" ]] || { echo "$commit"; return; }
  done
  git rev-parse --verify --quiet 'HEAD~5^{commit}' || true
}

changed_sources() {  # changed_sources BASE: .cpp files to look at, one a line
  local file
  { git diff --name-only "$1" -- src; git ls-files --others --exclude-standard -- src; } |
    while read -r file; do
      case $file in
        *.cpp) [[ ! -f $file ]] || echo "$file" ;;
        *.h) grep -rlF --include='*.cpp' "#include \"${file#src/}\"" src || true ;;
      esac
    done | sort -u
}

base=""
[[ ${1:-} == --all ]] || base=$(base_commit)
if [[ -n $base ]]; then
  files=$(changed_sources "$base")
else
  files=$(git ls-files -- 'src/*.cpp')
fi
[[ -n $files ]] || { echo "clang-tidy: no source changed since ${base:0:12}"; exit 0; }

[[ -f build/tidy/compile_commands.json ]] || cmake --preset tidy
echo "clang-tidy: $(wc -l <<<"$files") files${base:+ touched since ${base:0:12}}"
xargs -d '\n' -n 1 -P "$(nproc)" clang-tidy-14 -p build/tidy --quiet --warnings-as-errors='*' <<<"$files"
