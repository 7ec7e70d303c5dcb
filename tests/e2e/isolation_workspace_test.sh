#!/usr/bin/env bash
# isolation in mlpipe.yaml is the default of every step, also of Azure ML files; a step may say otherwise.
. "$(dirname "$0")/isolated.sh"
echo x >data.csv
cat >p.yaml <<END
settings: {continue_on_step_failure: true}
steps:
  default: {command: 'cat $work/data.csv'}
  open: {command: 'cat $work/data.csv', isolation: none}
END
cat >azure.yml <<END
type: pipeline
jobs:
  default: {type: command, command: 'cat $work/data.csv', environment: e, compute: c}
END
expect_code 0 mlpipe run p.yaml
echo 'isolation: declared' >mlpipe.yaml
expect_code 1 mlpipe run p.yaml
expect_executed ""
expect_equal "$(ask_run latest "steps['open']['reused'], steps['default']['status']")" "(True, 'Failed')"
expect_code 1 mlpipe run --local azure.yml
expect_err "it names '$work/data.csv'"
expect_code 0 mlpipe plan p.yaml
expect_out "'isolation: declared' is new"
