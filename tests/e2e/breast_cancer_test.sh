#!/usr/bin/env bash
# The real pipeline trains on real data: a model, metrics and a plot come out; the second run reuses all.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import sklearn, matplotlib' 2>/dev/null || skip "needs python3-sklearn, python3-matplotlib"
cp -r "$REPOSITORY/specs/breast-cancer" . && cd breast-cancer

expect_code 0 mlpipe run pipeline.yaml
expect_executed "evaluate_forest evaluate_logistic prepare report train_forest train_logistic"
expect_equal "$(head -c 8 out/report/roc.png | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a "PNG"
grep -q "was kept" out/report/report.md || fail "no verdict in report.md"
expect_equal "$(/usr/bin/python3 - <<'END'
import csv, pickle
rows = [[float(x) for x in row] for row in list(csv.reader(open("data/breast_cancer.csv")))[1:]]
model = pickle.load(open("out/model.pkl", "rb"))
right = sum(int(p) == int(r[-1]) for p, r in zip(model.predict([r[:-1] for r in rows]), rows))
print(right / len(rows) > 0.95)
END
)" True "the kept model predicts"
expect_equal "$(ask_run latest "sorted(m['name'] for m in steps['evaluate_forest']['metrics'])")" \
  "['accuracy', 'log_loss', 'recall', 'roc_auc']"
expect_equal "$(ask_run latest "0.9 < steps['report']['metrics'][0]['value'] < 1")" True "best_accuracy"
expect_equal "$(ask_run latest "all(s['attempts'][0]['peak_memory_bytes'] > 1e7 for s in steps.values())")" True
before=$(find out -type f -printf '%p %i %T@\n' | sort)

expect_code 0 mlpipe run pipeline.yaml
expect_out "nothing to do, all 6 steps reused"
expect_executed ""
expect_equal "$(find out -type f -printf '%p %i %T@\n' | sort)" "$before" "out after a reused run"
