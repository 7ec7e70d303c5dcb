#!/usr/bin/env bash
# Environments that are written in a job or in a file of their own.
. "$(dirname "$0")/azure.sh"
use_azure inline_environment
expect_runs pipeline.yml "build conda conda_here file image registry"
expect_outputs
expect_all_reused pipeline.yml
# Without --local they need a home in the workspace file.
expect_code 2 mlpipe run pipeline.yml
expect_err "iris"
expect_err "from_file"
expect_err "sklearn-1.5"
printf 'environments: {"*": {type: system}}\n' >mlpipe.yaml
expect_code 0 mlpipe run pipeline.yml
expect_executed ""
