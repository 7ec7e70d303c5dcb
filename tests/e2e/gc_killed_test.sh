#!/usr/bin/env bash
# gc is killed at random moments: the next one finishes; no record is left without its outputs, and nothing but what should go is gone.
. "$(dirname "$0")/collecting.sh"
rounds=${GC_KILLS:-20}
{ echo 'steps:'; for i in {1..10}; do sized_step "s$i" 2 "-\${{parameters.salt}}"; done; echo 'parameters: {salt: 0}'; } >p.yaml
{ echo steps:; sized_step keep 3; } >keep.yaml
expect_code 0 mlpipe run keep.yaml && expect_code 0 mlpipe pin latest
expect_code 0 mlpipe run p.yaml -p salt=77
# How long a whole one takes, in ms.
began=$(date +%s%N)
expect_code 0 mlpipe gc --older-than 0s
took=$((($(date +%s%N) - began) / 1000000 + 1))
killed=0
for ((round = 1; round <= rounds; round++)); do
  expect_code 0 mlpipe run p.yaml -p salt=$((round % 3))
  rule=(--older-than 0s)
  ((round % 2)) || rule=(--max-size 0)
  # Chosen before: to start Python takes as long as a gc does.
  delay=$(/usr/bin/python3 -c "import random; random.seed($round); print(random.random() * $took / 1000)")
  "$MLPIPE" gc "${rule[@]}" >gc.out 2>&1 &
  pid=$!
  sleep "$delay"
  kill -KILL $pid 2>/dev/null && killed=$((killed + 1))
  wait $pid 2>/dev/null || true
  # As it was left: a run takes what is there, and makes what is not.
  if ((round % 5 == 0)); then
    expect_code 0 mlpipe run p.yaml -p salt=$((round % 3))
    expect_equal "$(ask_run latest "len([s for s in steps.values() if s['status'] == 'Completed'])")" 10 "completed steps"
  fi
  expect_code 0 mlpipe gc
  expect_whole_store
  expect_code 0 mlpipe run keep.yaml && expect_executed ""
done
echo "killed $killed of $rounds; a whole gc takes $took ms"
((killed > rounds / 4)) || fail "only $killed of $rounds were killed"
expect_code 0 mlpipe gc --older-than 0s
expect_equal "$(objects)" 2 "objects: the pinned output and its sources"
expect_code 0 mlpipe run keep.yaml && expect_executed ""
