#!/bin/bash
# Keeps the rows that have a value and none above the highest.
# Usage: clean.sh TABLE ROWS HIGHEST
set -eu
table=$1 rows=$2 highest=$3
awk -F, -v highest="$highest" 'NR > 1 && $3 != "" && $3 <= highest + 0 { print $1 "," $3 }' \
  "$table" > "$rows"
echo "$(wc -l < "$rows") of $(($(wc -l < "$table") - 1)) rows are kept"
