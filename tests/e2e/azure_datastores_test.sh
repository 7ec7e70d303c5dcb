#!/usr/bin/env bash
# Data on datastores of the workspace file is read and written.
. "$(dirname "$0")/azure.sh"
use_azure datastores
expect_runs pipeline.yml "count join"
expect_outputs
cmp expected/join.joined lake/made/joined.txt
run=$(ask_run latest "run['run_id']")
cmp expected/count.lines/n ".mlpipe/datastores/workspaceblobstore/runs/$run.count/n"
expect_all_reused pipeline.yml
echo c >lake/raw/c.txt
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "count join"
