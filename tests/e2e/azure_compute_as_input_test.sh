#!/usr/bin/env bash
# Where a job runs is given by an input, by the pipeline, or by itself.
. "$(dirname "$0")/azure.sh"
use_azure compute_as_input
expect_runs pipeline.yml "by_default named prefixed serverless"
expect_outputs
expect_all_reused pipeline.yml
expect_code 2 mlpipe run pipeline.yml
for name in cpu-cluster gpu-cluster default-cluster serverless; do expect_err "'$name'"; done
expect_code 0 mlpipe run --local pipeline.yml -p train_node_compute=elsewhere
expect_executed ""
