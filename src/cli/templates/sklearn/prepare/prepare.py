"""Split the iris data into a table to learn from and one to test with."""
import argparse
import pathlib

import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=pathlib.Path, required=True)
parser.add_argument("--test-fraction", type=float, required=True)
parser.add_argument("--seed", type=int, required=True)
args = parser.parse_args()

features, kinds = load_iris(return_X_y=True)
table = np.column_stack([features, kinds])
train, test = train_test_split(
    table, test_size=args.test_fraction, random_state=args.seed, stratify=kinds)
for name, part in [("train", train), ("test", test)]:
    np.savetxt(args.out / f"{name}.csv", part, delimiter=",", fmt="%g")
    print(f"{name}: {len(part)} rows")
