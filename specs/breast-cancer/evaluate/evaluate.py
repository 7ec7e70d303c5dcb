"""Measure a trained model on the test part."""
import argparse
import json
import os
import pathlib
import pickle

import numpy as np
from sklearn import metrics

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=pathlib.Path, required=True)
parser.add_argument("--model", type=pathlib.Path, required=True)
parser.add_argument("--metrics", type=pathlib.Path, required=True)
args = parser.parse_args()

table = np.loadtxt(args.data / "test.csv", delimiter=",", skiprows=1)
features, malignant = table[:, :-1], table[:, -1].astype(int)
model = pickle.loads(args.model.read_bytes())
risk = model.predict_proba(features)[:, 1]

scores = {
    "accuracy": metrics.accuracy_score(malignant, risk > 0.5),
    "recall": metrics.recall_score(malignant, risk > 0.5),
    "roc_auc": metrics.roc_auc_score(malignant, risk),
    "log_loss": metrics.log_loss(malignant, risk),
}
with open(os.environ["MLPIPE_METRICS"], "a") as file:
    for name, value in scores.items():
        print(json.dumps({"name": name, "value": value}), file=file)
        print(f"{name:10} {value:.4f}")

false_positives, true_positives, _ = metrics.roc_curve(malignant, risk)
curve = {"false_positives": list(false_positives), "true_positives": list(true_positives)}
args.metrics.write_text(json.dumps({"scores": scores, "roc": curve}, indent=1) + "\n")
