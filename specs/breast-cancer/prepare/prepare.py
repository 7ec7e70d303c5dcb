"""Split the table of measurements into a training and a test part, each with both classes."""
import argparse
import csv
import pathlib

from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--table", type=pathlib.Path, required=True)
parser.add_argument("--out", type=pathlib.Path, required=True)
parser.add_argument("--test-fraction", type=float, required=True)
parser.add_argument("--seed", type=int, required=True)
args = parser.parse_args()

with args.table.open(newline="") as file:
    header, *rows = csv.reader(file)
labels = [row[header.index("malignant")] for row in rows]
train, test = train_test_split(
    rows, test_size=args.test_fraction, random_state=args.seed, stratify=labels)

for name, part in (("train.csv", train), ("test.csv", test)):
    with (args.out / name).open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *part])
print(f"{len(train)} rows to train with, {len(test)} to test with")
