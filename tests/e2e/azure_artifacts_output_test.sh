#!/usr/bin/env bash
# The output 'artifacts' is what the job leaves in its folder outputs.
. "$(dirname "$0")/azure.sh"
use_azure artifacts_output
expect_runs pipeline.yml "hello world"
expect_outputs
expect_all_reused pipeline.yml
