#!/usr/bin/env bash
# A workspace that may not be written says so before anything runs, and reading commands go on.
. "$(dirname "$0")/faults.sh"

need_nobody
mkdir ws && cd ws
one_step 'echo 1 > ${{outputs.made}}' >p.yaml
(cd .. && touch out err)
run_as_nobody() {  # run_as_nobody CODE word...
  local code=$1
  shift
  (cd .. && expect_code "$code" as_nobody "$MLPIPE" "$@")
}
run_as_nobody 3 run ws/p.yaml
grep -q "cannot make the folder '$work/ws/.mlpipe': Permission denied" ../err || fail "$(cat ../err)"
run_as_nobody 0 validate ws/p.yaml
run_as_nobody 4 plan --check ws/p.yaml
expect_code 0 mlpipe run p.yaml
run_as_nobody 3 run ws/p.yaml
grep -q "Permission denied (check who owns it" ../err || fail "$(cat ../err)"
run_as_nobody 3 runs -C ws
grep -q "Permission denied (check who owns it" ../err || fail "$(cat ../err)"
chmod -R a+rX .mlpipe
run_as_nobody 0 runs -C ws
run_as_nobody 0 show -C ws
run_as_nobody 3 run ws/p.yaml
expect_sound_database
expect_code 0 mlpipe run p.yaml
expect_executed ""
