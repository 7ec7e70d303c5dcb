"""Train a random forest and keep it as a pickle."""
import argparse
import pathlib
import pickle

import numpy as np
from sklearn.ensemble import RandomForestClassifier

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=pathlib.Path, required=True)
parser.add_argument("--model", type=pathlib.Path, required=True)
parser.add_argument("--trees", type=int, required=True)
parser.add_argument("--seed", type=int, required=True)
args = parser.parse_args()

table = np.loadtxt(args.data / "train.csv", delimiter=",")
model = RandomForestClassifier(args.trees, random_state=args.seed)
model.fit(table[:, :-1], table[:, -1].astype(int))
args.model.write_bytes(pickle.dumps(model, protocol=5))
print(f"trained {args.trees} trees on {len(table)} rows")
