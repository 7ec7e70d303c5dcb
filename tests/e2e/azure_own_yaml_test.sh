#!/usr/bin/env bash
# A component's own file is not among its sources; another file of that kind is.
. "$(dirname "$0")/azure.sh"
use_azure own_yaml_left_out
expect_runs pipeline.yml "list"
expect_outputs
sed -i 's/Lists its files/Shows its files/' part/component.yml
expect_all_reused pipeline.yml
echo 'key: other' >part/other.yml
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "list"
