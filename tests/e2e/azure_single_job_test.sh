#!/usr/bin/env bash
# A file that holds one command job is a pipeline of one step; its inputs can be overridden.
. "$(dirname "$0")/azure.sh"
use_azure single_command_job
expect_runs job.yml "job"
expect_outputs
cmp expected/job.sums results/sums.txt
expect_all_reused job.yml
echo 5 >other.txt
expect_code 0 mlpipe run --local job.yml -p by=1 -i numbers=other.txt
printf '6\n' | cmp - results/sums.txt
expect_equal "$(ask_run latest "run['experiment']")" singles
expect_runs smallest.yml "smallest"
expect_code 0 mlpipe logs latest
expect_out "hello world"
