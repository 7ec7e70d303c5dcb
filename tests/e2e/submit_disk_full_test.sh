#!/usr/bin/env bash
# A full disk: a submit either promises a run, that then runs, or says that it does not.
. "$(dirname "$0")/faults.sh"
mount_small 8m
cd disk
printf 'parameters: {n: 0}\nsteps: {s: {command: "echo ${{parameters.n}} >${{outputs.o}}", outputs: {o: {type: uri_file}}}}\n' >p.yaml
expect_code 0 mlpipe publish p.yaml --endpoint e
dd if=/dev/zero of=ballast bs=4k 2>/dev/null || true
promised=()
refusals=0
for n in {1..40}; do
  if id=$(mlpipe submit e -p n="$n" 2>"$work/err"); then
    promised+=("$id")
  else
    refusals=$((refusals + 1))
    grep -q "No space left\|disk is full\|free some space" "$work/err" || fail "it says: $(cat "$work/err")"
  fi
done
((refusals > 0)) || fail "nothing was refused on a full disk"
rm ballast
expect_code 0 mlpipe submit e -p n=100 --wait
ended() { [[ -z $(mlpipe runs --limit 1000 --status Queued --status Running --json | grep '"run_id"') ]]; }
wait_until 60 ended
expect_sound_database
for id in ${promised[@]+"${promised[@]}"}; do
  expect_code 0 mlpipe show "$id"
done
expect_equal "$(mlpipe runs --limit 1000 --json | grep -c '"run_id"')" $((${#promised[@]} + 1)) "runs"
