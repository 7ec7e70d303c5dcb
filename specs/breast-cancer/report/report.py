"""Choose the model with the lowest log loss and say how the candidates compare."""
import argparse
import json
import os
import pathlib
import shutil
import tempfile

os.environ["MPLCONFIGDIR"] = tempfile.gettempdir()  # the home folder may not be writable
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--candidate", nargs=3, action="append", required=True,
                    metavar=("NAME", "MODEL", "METRICS"))
parser.add_argument("--model", type=pathlib.Path, required=True)
parser.add_argument("--report", type=pathlib.Path, required=True)
args = parser.parse_args()

results = {name: json.loads(pathlib.Path(path).read_text()) for name, _, path in args.candidate}
models = {name: path for name, path, _ in args.candidate}
best = min(results, key=lambda name: results[name]["scores"]["log_loss"])
shutil.copyfile(models[best], args.model)

figure, axes = plt.subplots(figsize=(5, 5))
for name, result in results.items():
    roc = result["roc"]
    label = f"{name} (area {result['scores']['roc_auc']:.4f})"
    axes.plot(roc["false_positives"], roc["true_positives"], label=label)
axes.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC on the test data")
axes.legend(loc="lower right")
figure.savefig(args.report / "roc.png", metadata={"Software": None})  # the same bytes every time

names = list(results[best]["scores"])
lines = ["# Malignant or benign?", "",
         f"The **{best}** has the lowest log loss on the test data and was kept.", "",
         "| model | " + " | ".join(names) + " |",
         "|---|" + "---|" * len(names)]
for name, result in results.items():
    lines.append(f"| {name} | " + " | ".join(f"{result['scores'][n]:.4f}" for n in names) + " |")
lines += ["", "![ROC curves](roc.png)"]
(args.report / "report.md").write_text("\n".join(lines) + "\n")

with open(os.environ["MLPIPE_METRICS"], "a") as file:
    for name, value in results[best]["scores"].items():
        print(json.dumps({"name": "best_" + name, "value": value}), file=file)
print(f"kept the {best}")
