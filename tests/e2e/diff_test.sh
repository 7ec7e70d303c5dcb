#!/usr/bin/env bash
# diff shows what differs between two runs: parameters, pipeline, code with lines, data, metrics, steps and why.
. "$(dirname "$0")/history.sh"
training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml
first=$(newest)
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe diff --exit-code && expect_out "no difference: 2 steps did the same work"

printf '\n# faster\n' >>src/train.sh && echo new >src/more.txt && echo 3,4 >>table.csv
expect_code 0 mlpipe run p.yaml -p score=95 --set steps.report.description=x
second=$(newest)
expect_code 1 mlpipe diff "$first" "$second" --exit-code
for text in "score  90 -> 95" "steps.report.description" "train.sh changed (line 5)" "more.txt is new" \
  "table.csv has other contents" "read by train.table" "train.accuracy  0.9 -> 0.95  +0.05" \
  "'model' has other contents (from step 'train')" "source directory changed"; do
  tr -s ' ' <out | grep -qF -- "$(tr -s ' ' <<<"$text")" || fail "not told: $text in $(cat out)"
done
! grep -q "seed\|loss" out || fail "what is equal is told: $(cat out)"
! grep -q "steps.train.arguments" out || fail "what follows from a parameter is told twice: $(cat out)"
expect_code 0 mlpipe diff --code && expect_out "+# faster" && expect_out "--- before/train.sh" && expect_out "+++ after/more.txt"
expect_equal "$(ask "d['before']['run_id'] == '$second', d['after']['run_id']" diff "$second" "$first")" "(True, '$first')"
expect_equal "$(ask "[(m['name'], round(m['delta'], 3)) for m in d['metrics']]" diff "$first" latest)" "[('accuracy', 0.05)]"
expect_equal "$(ask "[f['change'] for f in d['code'][0]['files']]" diff "$first" latest)" "['is new', 'changed (line 5)']"
expect_equal "$(ask "[c['name'] for c in d['parameters']]" diff "$first" latest)" "['score']"

# A step that is new, one that is gone, one that failed.
sed -i 's/  report:/  summary:/' p.yaml
expect_code 1 mlpipe run p.yaml -p score=13
expect_code 0 mlpipe diff && expect_out "is new" && expect_out "is gone" && expect_out "Failed"
expect_equal "$(ask "{s['step']: (s['before'] or {}).get('status') for s in d['steps']}" diff)" \
  "{'train': 'Completed', 'report': 'Completed', 'summary': None}"

# The snapshot is gone from the store.
rm -rf .mlpipe/objects/*
expect_code 0 mlpipe diff "$first" "$second" && expect_out "no longer in the store"

# A change of the pipeline is told though it looks like a parameter's; a command that holds a parameter's old value by
# itself is not told.
cat >like.yaml <<'END'
name: like
parameters: {epochs: 1}
steps:
  loop:
    command: "for i in 1 2 3; do echo $i ${{parameters.epochs}}; done"
    retry: {max_retries: 1}
END
expect_code 0 mlpipe run like.yaml
sed -i 's/max_retries: 1/max_retries: 2/' like.yaml
expect_code 0 mlpipe run like.yaml -p epochs=2
expect_equal "$(ask "[c['name'] for c in d['parameters']], [c['path'] for c in d['spec']]" diff)" \
  "(['epochs'], ['steps.loop.retry.max_retries'])"
expect_code 0 mlpipe diff && expect_out "pipeline"
