#!/usr/bin/env bash
# Outputs of the pipeline, bound in each way there is.
. "$(dirname "$0")/azure.sh"
use_azure promoted_outputs
expect_runs pipeline.yml "make"
expect_outputs
expect_equal "$(find results -type f | sort | xargs)" "results/old/x results/path/x results/value.txt"
cmp expected/make.value results/value.txt
cmp expected/make.path_of/x results/path/x
cmp expected/make.old/x results/old/x
rm -r results
expect_all_reused pipeline.yml
cmp expected/make.value results/value.txt
