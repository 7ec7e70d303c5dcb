#!/usr/bin/env bash
# Counts the words of a text, one "COUNT WORD" a line: count.sh TEXT COUNTS
set -euo pipefail

tr -cs '[:alpha:]' '\n' < "$1" | tr '[:upper:]' '[:lower:]' | sed '/^$/d' |
  sort | uniq -c | awk '{ print $1, $2 }' > "$2"
