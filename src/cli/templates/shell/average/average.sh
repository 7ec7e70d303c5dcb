#!/bin/bash
# Averages the second column by the first.
# Usage: average.sh ROWS AVERAGES
set -eu
rows=$1 averages=$2
awk -F, '{ sum[$1] += $2; count[$1]++ } END { for (name in sum) printf "%s,%.2f\n", name, sum[name] / count[name] }' \
  "$rows" | sort > "$averages"
# A line of JSON here is a metric of the run: mlpipe show lists it.
echo "{\"name\": \"cities\", \"value\": $(wc -l < "$averages")}" >> "$MLPIPE_METRICS"
cat "$averages"
