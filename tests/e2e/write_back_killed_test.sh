#!/usr/bin/env bash
# path: a run that is killed while it copies an output leaves nothing beside it for longer than until the end of the next run.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {n: 1}
outputs: {d: {type: uri_folder, path: published/d}}
steps:
  s:
    command: "cd ${{outputs.d}}; for i in $(seq 3000); do echo ${{parameters.n}} >$i; done"
    outputs: {d: "${{parent.outputs.d}}"}
END
expect_code 0 mlpipe run p.yaml
begun=""
for ((n = 2; n < 40 && ${#begun} == 0; n++)); do
  "$MLPIPE" run p.yaml -p n=$n >run.log 2>&1 </dev/null &
  driver=$!
  while kill -0 $driver 2>/dev/null && [[ -z $begun ]]; do begun=$(compgen -G 'published/.mlpipe-*' || true); done
  kill -9 $driver 2>/dev/null || true
  wait $driver || true
  begun=$(compgen -G 'published/.mlpipe-*' || true)  # it may just have ended
done
[[ -n $begun ]] || fail "no run was killed while it copied"
expect_code 0 mlpipe run p.yaml -p n=1 && expect_executed ""
expect_equal "$(find published -name '*mlpipe*')" "" "what was left beside"
expect_equal "$(ls published/d | wc -l)" 3000 "files of the output"
expect_file published/d/3000 1
expect_equal "$(ls .mlpipe/copies)" "" "notes"
