#!/usr/bin/env bash
# state_directory: puts all state there; nothing is made in the workspace.
. "$(dirname "$0")/faults.sh"

mkdir ws && cd ws
one_step 'echo 1 > ${{outputs.made}}' >p.yaml
echo "state_directory: ../state/of ws" >mlpipe.yaml
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed ""
[[ ! -e .mlpipe ]] || fail "there is a .mlpipe all the same"
expect_equal "$(stat -c %a "../state/of ws")" 700
expect_sound_database "../state/of ws/mlpipe.db"
mkdir nested && cd nested
expect_code 0 mlpipe show
expect_code 0 mlpipe get latest make.made got
expect_file got/made 1
