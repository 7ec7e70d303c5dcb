#!/usr/bin/env bash
# The edit matrix: after each kind of edit to breast-cancer, just what must run runs, for the reason given.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -c 'import sklearn, matplotlib, venv' 2>/dev/null || skip "needs scikit-learn, matplotlib, venv"
cp -r "$REPOSITORY/specs/breast-cancer" . && cd breast-cancer
# An own interpreter with an own package, so that a version can change. The file gets words of its own.
/usr/bin/python3 -m venv --without-pip --system-site-packages ../python
site=$(echo ../python/lib/python3*/site-packages)
mkdir "$site/foo-1.0.dist-info"
sed -i "s|/usr/bin/python3|$work/python/bin/python3|" mlpipe.yaml
all="evaluate_forest evaluate_logistic prepare report train_forest train_logistic"
python_steps=$all

edit() {  # edit NAME "steps that run" STEP "what why says of STEP": after the edit was made
  local due=0 options=("${@:5}")
  expect_code 0 mlpipe why pipeline.yaml "$3" "${options[@]}"
  why=$(tail -n +2 "$work/out" | sed 's/^ *//')
  [[ -z $4 || $why == *"$4"* ]] || fail "$1: why said '$why', expected '$4'"
  [[ -z $2 ]] || due=4
  expect_code "$due" mlpipe plan --check pipeline.yaml "${options[@]}"
  expect_code 0 mlpipe run pipeline.yaml "${@:5}"
  expect_executed "$2"
  recorded=$(ask_run latest "steps['$3']['reason']")
  [[ -z $4 || $recorded == *"$4"* ]] || fail "$1: recorded '$recorded', expected '$4'"
  printf '%s | %s | %s: %s\n' "$1" "${2:-none}" "$3" "$(tr '\n' ';' <<<"$recorded")" >>"$work/table"
}

expect_code 0 mlpipe run pipeline.yaml && expect_executed "$all"
edit "nothing" "" report "reused from run"
touch train/train.py prepare data/breast_cancer.csv pipeline.yaml
edit "touch files" "" report "reused from run"
sed -i '2i # a comment' train/train.py
edit "a comment in train.py" "train_forest train_logistic" train_forest "train.py changed (line 2)"
edit "one parameter: -p C=0.5" "evaluate_logistic report train_logistic" train_logistic "'C' changed: 1.0 -> 0.5" -p C=0.5
sed -i '2s/^17\.99/17.98/' data/breast_cancer.csv
edit "one byte of data" "$all" prepare "input 'table' has other contents (from data/breast_cancer.csv)"
echo unused >prepare/notes.txt
edit "an unused file added to prepare/" "prepare" prepare "notes.txt is new"
sed -i 's/evaluate_forest/measure_forest/g' pipeline.yaml
edit "a step renamed" "" measure_forest "(there 'evaluate_forest')"
expect_code 0 mlpipe run pipeline.yaml --tag nightly
edit "a tag" "" report "reused from run"
sed -i 's/^labels = .*/at = header.index("malignant")\nlabels = [row[at] for row in rows]/' prepare/prepare.py
edit "prepare rewritten, equal output" "prepare" prepare "prepare.py changed (line 17)"
mv "$site/foo-1.0.dist-info" "$site/foo-1.1.dist-info"
edit "package foo 1.0 -> 1.1" "${python_steps/evaluate_forest evaluate_logistic/evaluate_logistic measure_forest}" prepare "foo 1.0 -> 1.1"
column -t -s '|' "$work/table" || cat "$work/table"
