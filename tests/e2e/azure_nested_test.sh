#!/usr/bin/env bash
# Pipelines in pipelines: steps are called outer/inner, outputs go up, literals and compute targets go down.
. "$(dirname "$0")/azure.sh"
use_azure nested
expect_runs pipeline.yml "first/inner/shout first/repeat second/inner/shout second/repeat size"
expect_outputs
cmp expected/second+inner+shout.result results/loud.txt
expect_all_reused pipeline.yml

# A value runs anew what sees it, and what reads what that makes.
sed -i 's/mark: "?"/mark: "."/' pipeline.yml
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "second/inner/shout size"
printf 'ABCABC!.' | cmp - results/loud.txt
