#!/usr/bin/env bash
# Steps of several processes: what each is told, what a failure names, that all end, and that the counts count.
# shellcheck source=distributed.sh
. "$(dirname "$0")/distributed.sh"
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

of_three="{type: pytorch, process_count_per_instance: 3}"
# shellcheck disable=SC2016
pipeline "$of_three" 'echo "$RANK of $WORLD_SIZE" | tee ${{outputs.o}}/$RANK' >p.yaml
needs_distribution p.yaml

expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe get latest train.o made
expect_equal "$(cat made/*/* made/* 2>/dev/null | sort -u)" $'0 of 3\n1 of 3\n2 of 3'
expect_code 0 mlpipe logs latest train
expect_out "0 of 3"
expect_out "==> train, rank2 <=="
expect_code 0 mlpipe logs latest train --stdout
expect_file out "0 of 3"
expect_code 0 mlpipe logs latest train --json
expect_schema logs
expect_code 0 mlpipe run p.yaml
expect_out "nothing to do"
sed -i 's/instance: 3/instance: 2/' p.yaml
expect_code 0 mlpipe why p.yaml train
expect_out "number of processes changed: pytorch 3 -> pytorch 2"

# shellcheck disable=SC2016
pipeline "$of_three" 'if [ $RANK = 2 ]; then echo its last words >&2; exit 7; fi; echo $$ >>'"$work"'/pids; exec sleep 1000' >fails.yaml
expect_code 1 mlpipe run fails.yaml
expect_err "rank 2: exit code 7 (it wrote to rank2.stdout and rank2.stderr in"
expect_err "| its last words"
while read -r pid; do ! kill -0 "$pid" 2>/dev/null || fail "process $pid was left"; done <pids
id=$(ask_run latest "run['run_id']")
[[ -e .mlpipe/logs/$id/train.1.ranks/rank2.stderr ]] || fail "no logs of the rank"
expect_code 0 mlpipe delete "$id" --yes
expect_code 0 mlpipe gc
[[ ! -e .mlpipe/logs/$id ]] || fail "gc left logs of ranks"

# kill -9 of the driver leaves none of them.
# shellcheck disable=SC2016
pipeline "$of_three" 'echo $$ >>'"$work"'/live; exec sleep 1000' >stays.yaml
"$MLPIPE" run stays.yaml >out 2>err &
driver=$!
background+=("$driver")
three_live() { [[ $(wc -l <"$work/live") == 3 ]]; }
wait_until 20 three_live
kill -KILL "$driver"
none_lives() { while read -r pid; do [[ ! -e /proc/$pid ]] || return 1; done <"$work/live"; }
wait_until 20 none_lives

# mpi needs an mpirun on the step's PATH, and says so before anything runs.
pipeline "{type: mpi, process_count_per_instance: 2}" 'echo hello' >mpi.yaml
mkdir few mpi
expect_code 2 env PATH="$work/few" "$MLPIPE" run mpi.yaml
expect_err "there is no 'mpirun' on its PATH"
cat >mpi/mpirun <<'END'
#!/bin/bash
[[ $1 == -n ]] || exit 2
for ((i = 0; i < $2; i++)); do OMPI_COMM_WORLD_RANK=$i "${@:3}" || exit; done
END
chmod +x mpi/mpirun
expect_code 0 env PATH="$work/mpi:$PATH" "$MLPIPE" run mpi.yaml
expect_code 0 mlpipe logs latest train
expect_equal "$(grep -c hello out)" 2
