#!/usr/bin/env bash
# A file may be handed to an input for folders and the other way round.
. "$(dirname "$0")/azure.sh"
use_azure file_and_folder
expect_runs pipeline.yml "file folder from_outside swapped without_types"
expect_outputs
expect_all_reused pipeline.yml
