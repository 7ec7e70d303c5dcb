#!/usr/bin/env bash
# Jobs of types that are not run are checked, planned and drawn; run refuses each with its name and type.
. "$(dirname "$0")/azure.sh"
use_azure other_work
expect_code 0 mlpipe validate --local pipeline.yml
expect_code 0 mlpipe plan --local pipeline.yml
expect_out "of type 'import', which mlpipe does not run yet"
expect_code 0 mlpipe graph --local --json pipeline.yml
expect_schema graph
expect_code 0 mlpipe graph --local pipeline.yml
for type in sweep parallel automl spark import data_transfer; do expect_out "$type"; done
expect_code 2 mlpipe run --local pipeline.yml
while read -r step type line; do
  expect_err "pipeline.yml:$line:3: error: mlpipe does not run steps of type '$type' yet (step '$step')"
done <<'END'
tune sweep 10
tune_here sweep 21
score parallel 30
learn automl 50
wrangle spark 61
fetch import 71
copy data_transfer 75
END
expect_equal "$(grep -c error: err)" 7
[[ ! -e .mlpipe ]] || fail "a refused run made .mlpipe"
# What is wrong with them is told by validate.
sed -i 's/goal: maximize/goal: maximise/; s/type: choice, values: \[2, 4, 8\]/type: chioce/; s/append_row_to/append_rows_to/; s/task: classification/task: clasification/' pipeline.yml
expect_code 2 mlpipe validate --local pipeline.yml
expect_err "pipeline.yml:16:49: error: 'goal' of 'objective' of the step 'tune' cannot be 'maximise' (did you mean 'maximize'?)"
expect_err "unknown distribution 'chioce' of 'depth' in the search space (did you mean 'choice'?)"
expect_err "unknown key 'append_rows_to'"
expect_err "cannot be 'clasification' (did you mean 'classification'?)"
