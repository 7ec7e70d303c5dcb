#!/usr/bin/env bash
# What a version holds besides its sources: hash_paths as they were; with --freeze-inputs the data, too.
. "$(dirname "$0")/lib.sh"

mkdir -p src data
cat >p.yaml <<'Y'
inputs: {table: {type: uri_file, path: table.csv}}
steps:
  train:
    source_directory: src
    command: cat ${{inputs.table}} ${{inputs.data}}/* run.txt >${{outputs.model}}
    hash_paths: [../version.txt]
    inputs:
      table: ${{parent.inputs.table}}
      data: {type: uri_folder, path: data}
    outputs: {model: {type: uri_file}}
Y
echo code >src/run.txt
echo one >table.csv
echo two >data/x
echo 1 >version.txt
model() { rm -rf got && mlpipe get latest train.model got >/dev/null && paste -sd' ' got/*; }

expect_code 0 mlpipe publish p.yaml --endpoint live
expect_code 0 mlpipe publish p.yaml --endpoint frozen --freeze-inputs
expect_code 0 mlpipe submit live --wait
expect_equal "$(model)" "one two code" "model"
expect_code 0 mlpipe submit frozen --wait
expect_err "1 of 1 steps reused"

# hash_paths are read in place: what is there now is what counts, and the run says that it is not what it was.
echo 2 >version.txt
expect_code 0 mlpipe submit live --wait
expect_err "1 of 1 steps completed, 0 of them reused"
grep -q "'../version.txt' of the 'hash_paths' is not as it was in version 1 of the endpoint 'live'" \
  ".mlpipe/logs/$(head -n 1 out)/driver.log" || fail "nothing is said of hash_paths"
echo 1 >version.txt
expect_code 0 mlpipe submit live --wait
expect_err "1 of 1 steps reused"
echo three >table.csv
echo four >data/y
expect_code 0 mlpipe submit live --wait
expect_equal "$(model)" "three two four code" "model of the data now"
expect_code 0 mlpipe submit frozen --wait
expect_err "1 of 1 steps reused"
expect_equal "$(model)" "one two code" "model of the data then"
# What the caller gives is read as it is.
expect_code 0 mlpipe submit frozen --wait -i table=table.csv
expect_equal "$(model)" "three two code" "model of given data"
rm -r data table.csv p.yaml
mv src gone
expect_code 0 mlpipe submit frozen --wait --regenerate-outputs
expect_equal "$(model)" "one two code" "model of the data then"
expect_err "1 of 1 steps completed, 0 of them reused"
expect_code 2 mlpipe submit live
expect_err "'table.csv', does not exist"

# Data that no copy can be made of.
printf 'steps:\n  s: {command: "true", inputs: {a: {type: uri_file, path: "http://127.0.0.1:1/x"}}}\n' >web.yaml
expect_code 2 mlpipe publish web.yaml --endpoint web --freeze-inputs
expect_err "cannot be frozen"
expect_code 0 mlpipe publish web.yaml --endpoint web
