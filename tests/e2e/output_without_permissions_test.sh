#!/usr/bin/env bash
# A user's step that takes all rights from what it made: it is kept whole, and its directory goes.
. "$(dirname "$0")/faults.sh"

need_nobody
mkdir ws && cd ws && chown 65534 .
cat >p.yaml <<'END'
steps:
  make:
    command: cd ${{outputs.made}}; mkdir -p a/b; echo 1 > a/b/x; chmod 0 a/b/x a/b a . "$OLDPWD/outputs" "$OLDPWD"
    outputs: {made: {type: uri_folder}}
  use: {command: "cat ${{inputs.made}}/a/b/x", inputs: {made: "${{steps.make.outputs.made}}"}}
END
expect_code 0 as_nobody "$MLPIPE" run p.yaml
expect_equal "$(mlpipe logs latest use | tail -1)" 1
expect_equal "$(ls .mlpipe/work)" scratch "left in work/"
expect_equal "$(ls .mlpipe/work/scratch)" "" "left in scratch/"
expect_code 0 as_nobody "$MLPIPE" run p.yaml
expect_executed ""
expect_sound_database
