#!/usr/bin/env bash
# continue_on_step_failure, written as Python writes it: what does not need the failed step runs.
. "$(dirname "$0")/azure.sh"
use_azure continue_on_step_failure
expect_code 1 mlpipe run --local pipeline.yml
expect_equal "$(ask_run latest "steps['needs_it']['status']")" Skipped
expect_equal "$(ask_run latest "steps['other']['status']")" Completed
expect_code 0 mlpipe get latest other.o got
cmp expected/other.o got/o
