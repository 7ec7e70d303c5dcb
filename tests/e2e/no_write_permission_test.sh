#!/usr/bin/env bash
# A workspace that may not be written says so before anything runs, and reading commands go on.
. "$(dirname "$0")/faults.sh"

need_nobody
mkdir ws && cd ws
one_step 'echo 1 > ${{outputs.made}}' >p.yaml
expect_code 3 as_nobody "$MLPIPE" run p.yaml
expect_err "cannot make the folder '$work/ws/.mlpipe': Permission denied"
expect_code 0 as_nobody "$MLPIPE" validate p.yaml
expect_code 4 as_nobody "$MLPIPE" plan --check p.yaml
expect_code 0 mlpipe run p.yaml
expect_code 3 as_nobody "$MLPIPE" run p.yaml
expect_err "Permission denied (check who owns it"
expect_code 3 as_nobody "$MLPIPE" runs
expect_err "Permission denied (check who owns it"
chmod -R a+rX .mlpipe
expect_code 0 as_nobody "$MLPIPE" runs
expect_code 0 as_nobody "$MLPIPE" show
expect_code 3 as_nobody "$MLPIPE" run p.yaml
expect_sound_database
expect_code 0 mlpipe run p.yaml
expect_executed ""
