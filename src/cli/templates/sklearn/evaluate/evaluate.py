"""Measure a model on rows it has not seen."""
import argparse
import json
import os
import pathlib
import pickle

import numpy as np
from sklearn.metrics import classification_report

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=pathlib.Path, required=True)
parser.add_argument("--model", type=pathlib.Path, required=True)
parser.add_argument("--report", type=pathlib.Path, required=True)
args = parser.parse_args()

table = np.loadtxt(args.data / "test.csv", delimiter=",")
kinds = table[:, -1].astype(int)
guesses = pickle.loads(args.model.read_bytes()).predict(table[:, :-1])
accuracy = float((guesses == kinds).mean())
args.report.write_text(classification_report(kinds, guesses))
with open(os.environ["MLPIPE_METRICS"], "a") as file:  # a line here is a metric of the run
    print(json.dumps({"name": "accuracy", "value": accuracy}), file=file)
print(f"accuracy {accuracy:.3f} on {len(table)} rows")
