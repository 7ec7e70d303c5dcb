#!/usr/bin/env bash
# Literals reach the command as they are written, booleans as True and False.
. "$(dirname "$0")/azure.sh"
use_azure literals_and_types
expect_runs pipeline.yml "component here"
expect_outputs
expect_all_reused pipeline.yml
