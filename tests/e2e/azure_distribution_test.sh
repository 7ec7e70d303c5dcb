#!/usr/bin/env bash
# Distributions are checked and planned; the warning tells that all processes run here.
. "$(dirname "$0")/azure.sh"
use_azure distribution
expect_code 0 mlpipe validate --local pipeline.yml
expect_err "the processes of the 2 instances of 'torch' all run on one machine"
expect_code 0 mlpipe plan --local pipeline.yml
