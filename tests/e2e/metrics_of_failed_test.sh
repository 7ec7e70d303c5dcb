#!/usr/bin/env bash
# What a step measured before it failed is kept with the run, of its last attempt; a success replaces it.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {ok: "no"}
steps:
  train:
    command: |
      for i in 1 2 3; do echo '{"name": "loss", "value": '$MLPIPE_ATTEMPT.$i', "step": '$i'}' >> "$MLPIPE_METRICS"; done
      [ ${{parameters.ok}} = yes ]
    retry: {max_retries: 1}
END
expect_code 1 mlpipe run p.yaml
expect_equal "$(ask_run latest "[m['value'] for m in steps['train']['metrics']]")" "[2.1, 2.2, 2.3]"
expect_code 0 mlpipe metrics --json && expect_out '"loss"'
expect_code 0 mlpipe run p.yaml -p ok=yes
expect_equal "$(ask_run latest "[m['value'] for m in steps['train']['metrics']]")" "[1.1, 1.2, 1.3]"
