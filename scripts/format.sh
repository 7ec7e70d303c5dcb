#!/usr/bin/env bash
# Formats the C++ sources with clang-format 14, or only looks. Usage: scripts/format.sh [--check]
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1:-} in
  "") mode=(-i) ;;
  --check) mode=(--dry-run -Werror) ;;
  *) sed -n '2s/^# //p' "$0" >&2; exit 2 ;;
esac
git ls-files -z --cached --others --exclude-standard -- '*.h' '*.cpp' |
  xargs -0 -r -n 20 -P "$(nproc)" clang-format-14 --style=file "${mode[@]}"
