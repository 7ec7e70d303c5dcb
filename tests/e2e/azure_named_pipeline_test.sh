#!/usr/bin/env bash
# A file that names the pipeline it runs, and gives its inputs.
. "$(dirname "$0")/azure.sh"
use_azure named_pipeline
expect_runs pipeline-job.yml "repeat"
expect_outputs
cmp expected/repeat.repeated results/repeated.txt
expect_all_reused pipeline-job.yml
expect_code 0 mlpipe run --local pipeline-job.yml -p times=3
printf 'word\nword\nword\n' | cmp - results/repeated.txt
