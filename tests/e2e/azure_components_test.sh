#!/usr/bin/env bash
# Components in files beside, below and without ./, after file:, and written in the pipeline.
. "$(dirname "$0")/azure.sh"
use_azure components
expect_runs pipeline.yml "clean count header join"
expect_outputs
cmp expected/join.table results/table.txt
expect_all_reused pipeline.yml

# A component's values are what the step gives, else its defaults; both count.
sed -i 's/smallest: 2/smallest: 1/' pipeline.yml
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "count join"
sed -i 's/default: "="/default: ":"/' count/count.yml
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "count join"
printf 'words and counts\npear:3 times\napple:2 times\nfig:1 times\n' | cmp - results/table.txt
# So do the variables: the step's go before the component's.
sed -i 's/COUNT_ORDER: by-number/COUNT_UNIT: x/' pipeline.yml
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "count join"
printf 'words and counts\napple:2 x\nfig:1 x\npear:3 x\n' | cmp - results/table.txt
# What is only for people does not.
sed -i 's/One word in small letters a line/Other words/; s/version: 1/version: 2/; s/Clean words/Cleaner/' clean/clean.yml
expect_all_reused pipeline.yml
