#!/usr/bin/env bash
# Distributions: each process finds what its kind tells it; several instances are processes of this machine.
. "$(dirname "$0")/azure.sh"
use_azure distribution
expect_code 0 mlpipe validate --local pipeline.yml
expect_err "the processes of the 2 instances of 'torch' all run on one machine"
expect_runs pipeline.yml "flow torch"
expect_outputs
expect_all_reused pipeline.yml

expect_code 0 mlpipe validate --local mpi.yml
command -v mpirun >/dev/null || exit 0
expect_code 0 mlpipe run --local mpi.yml
expect_code 0 mlpipe get latest mpi.o processes
expect_equal "$(cat processes/* | sort | xargs)" "0 of 3 1 of 3 2 of 3"
