#!/usr/bin/env bash
# compare shows the runs with the parameters and metrics that differ, sorted; as CSV and JSON all of them.
. "$(dirname "$0")/history.sh"
training_pipeline >p.yaml
for score in 90 80 95; do expect_code 0 mlpipe run p.yaml -p score=$score --tag "note=a, \"b\""; done
expect_code 1 mlpipe run p.yaml -p score=13 --experiment other    # it has no metrics
expect_code 0 mlpipe compare
head -1 out | grep -Eq '^run +status +started +took +experiment +tags +score +accuracy +loss$' || fail "heads: $(head -1 out)"
expect_err "the same in all: 1 parameter (--all shows them)"
expect_code 0 mlpipe compare --tag note --sort accuracy
expect_equal "$(awk 'NR > 1 {print $NF}' out | paste -sd' ')" "0.8 0.9 0.95" "sorted"
expect_code 0 mlpipe compare --sort metrics.accuracy -r
expect_equal "$(awk 'NR > 1 {print $NF}' out | paste -sd' ')" "2.5 2.5 2.5 13" "the largest first, without a value last"
expect_code 0 mlpipe compare latest && expect_out seed
expect_code 0 mlpipe compare --all && expect_out seed

expect_code 0 mlpipe compare --csv --sort parameters.score
/usr/bin/python3 -c '
import csv
rows = list(csv.DictReader(open("out", newline="")))
assert [r["parameters.score"] for r in rows] == ["13", "80", "90", "95"], rows
assert [r["metrics.accuracy"] for r in rows] == ["", "0.8", "0.9", "0.95"], rows
assert rows[1]["tags"] == "note=a, \"b\"" and rows[0]["status"] == "Failed", rows
assert float(rows[0]["duration_seconds"]) > 0
assert open("out", newline="").read().count("\r\n") == 5' || fail "csv: $(cat out)"
expect_equal "$(ask "d['differing']['parameters']" compare)" "['score']" "what differs"
expect_equal "$(ask "d['runs'][0]['metrics']" compare)" "[]" "no metric is no zero"

# On a narrow terminal: one run after the other, nothing cut.
if command -v script >/dev/null; then
  script -qec "stty cols 40; '$MLPIPE' compare" /dev/null >narrow
  grep -q "accuracy" narrow && grep -q "0.95" narrow || fail "narrow: $(cat narrow)"
fi

# Runs that are alike but for id and time stand for each other, unless they are named or all are asked for.
expect_code 0 mlpipe run p.yaml -p score=80 --tag "note=a, \"b\"" && expect_code 0 mlpipe run p.yaml -p score=80 --tag "note=a, \"b\""
expect_code 0 mlpipe compare
expect_equal "$(wc -l <out)" 5 "lines of the table"
expect_err "2 runs left out that are each like one shown in all but id and time (--all shows them)"
expect_code 0 mlpipe compare --all && expect_equal "$(wc -l <out)" 7 "lines with --all"
expect_equal "$(ask "len(d['runs'])" compare)" 6 "runs as JSON"
