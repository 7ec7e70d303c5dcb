#!/usr/bin/env bash
# An unquoted expression in flow style is recognised, in a map and in a list.
. "$(dirname "$0")/faults.sh"

cat >bad.yaml <<'END'
steps:
  a: {command: "true", inputs: {x: ${{steps.b.outputs.c}}}}
END
expect_problem 2:36 "inside {…} and […] an expression must be quoted"
cat >bad.yaml <<'END'
steps:
  a:
    script_name: a.sh
    arguments: [--x, ${{inputs.x}}]
END
expect_problem 4:22 "inside {…} and […] an expression must be quoted"
expect_err 'quote it: "${{…}}"'
