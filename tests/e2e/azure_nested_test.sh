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

# What belongs to a whole pipeline has no effect in a nested one.
printf 'settings: {force_rerun: true}\ncompute: elsewhere\n' >>parts/outer.yml
expect_all_reused pipeline.yml
expect_err "outer.yml:27:1: warning: 'settings' has no effect in a component"
expect_err "outer.yml:28:1: warning: 'compute' has no effect in a component"
