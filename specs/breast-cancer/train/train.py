"""Train one kind of model and keep it as a pickle."""
import argparse
import json
import os
import pathlib
import pickle

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--kind", choices=["logistic", "forest"], required=True)
parser.add_argument("--C", type=float, default=1.0)
parser.add_argument("--n-estimators", type=int, default=100)
parser.add_argument("--seed", type=int, required=True)
parser.add_argument("--data", type=pathlib.Path, required=True)
parser.add_argument("--model", type=pathlib.Path, required=True)
args = parser.parse_args()

table = np.loadtxt(args.data / "train.csv", delimiter=",", skiprows=1)
features, malignant = table[:, :-1], table[:, -1].astype(int)

if args.kind == "logistic":
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=args.C, max_iter=1000, random_state=args.seed))
else:
    model = RandomForestClassifier(args.n_estimators, random_state=args.seed, n_jobs=1)
model.fit(features, malignant)

args.model.write_bytes(pickle.dumps(model, protocol=5))
with open(os.environ["MLPIPE_METRICS"], "a") as file:
    accuracy = model.score(features, malignant)
    print(json.dumps({"name": "training_accuracy", "value": accuracy}), file=file)
print(f"trained on {len(malignant)} rows, accuracy on them {accuracy:.4f}")
