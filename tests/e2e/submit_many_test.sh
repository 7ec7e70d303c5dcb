#!/usr/bin/env bash
# Many submits from many processes at once: none is lost, none doubled, the caps are held.
. "$(dirname "$0")/lib.sh"
processes=${PROCESSES:-8} each=${EACH:-5}

cat >mlpipe.yaml <<'Y'
max_concurrent_runs: 3
Y
cat >p.yaml <<Y
parameters: {n: 0}
steps:
  s:
    command: "n=\$(ls $work/now | wc -l); echo \$n >>$work/seen; touch $work/now/\${{parameters.n}}; sleep 0.01; echo \${{parameters.n}} >>$work/ended; rm $work/now/\${{parameters.n}}"
    allow_reuse: false
Y
mkdir now
expect_code 0 mlpipe publish p.yaml --endpoint e
mkdir ids
for ((p = 0; p < processes; ++p)); do
  for ((i = 0; i < each; ++i)); do
    mlpipe submit e -p n=$((p * each + i)) --idempotency-key "$p-$i" >"ids/$p-$i"
  done &
  background+=($!)
done
wait
expect_equal "$(cat ids/* | sort -u | wc -l)" $((processes * each)) "distinct ids"
finished() {
  [[ $(mlpipe runs --status Completed --limit 100000 --json | grep -c '"run_id"') == $((processes * each)) ]]
}
wait_until $((30 + processes * each / 4)) finished
expect_equal "$(sort -n ended | paste -sd' ')" "$(seq 0 $((processes * each - 1)) | paste -sd' ')" "what ran"
most=$(sort -n seen | tail -n 1)
((most <= 2)) || fail "$((most + 1)) ran at a time, where 3 may"
# The same keys once more give the same runs.
for ((p = 0; p < processes; ++p)); do
  expect_code 0 mlpipe submit e -p n=$((p * each)) --idempotency-key "$p-0"
  expect_file out "$(cat "ids/$p-0")"
done
