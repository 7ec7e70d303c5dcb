#!/usr/bin/env bash
# Expressions wherever they may stand.
. "$(dirname "$0")/azure.sh"
use_azure expressions
expect_runs pipeline.yml "again make"
expect_outputs
run=$(ask_run latest "run['run_id']")
diff -r expected/again.all "results/all/$run"
expect_all_reused pipeline.yml
run=$(ask_run latest "run['run_id']")
diff -r expected/again.all "results/all/$run"  # each run has a copy of its own
expect_code 0 mlpipe run --local pipeline.yml -p who=moon
expect_executed "again make"
expect_file "results/all/$(ask_run latest "run['run_id']")/greeting.txt" 'hello moon!'

# The file's values can be overridden one by one.
expect_code 0 mlpipe run --local pipeline.yml --set inputs.who=mars --set outputs.all.path=./elsewhere
expect_executed "again make"
expect_file elsewhere/greeting.txt 'hello mars!'
expect_code 0 mlpipe run --local pipeline.yml --set settings.force_rerun=true
expect_executed "again make"
