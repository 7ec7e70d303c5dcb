#!/usr/bin/env bash
# allow_reuse: false runs in every run; below it early cutoff still works; two equal ones both run.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  fetch: {command: "echo run >>$HOME/count; cat $HOME/source >${{outputs.o}}", allow_reuse: false, outputs: {o: {type: uri_file}}}
  again: {command: "echo run >>$HOME/count; cat $HOME/source >${{outputs.o}}", allow_reuse: false, outputs: {o: {type: uri_file}}}
  below: {command: "cat ${{inputs.d}} >${{outputs.o}}", inputs: {d: "${{steps.fetch.outputs.o}}"}, outputs: {o: {type: uri_file}}}
END
export HOME=$work
echo one >source
expect_code 0 mlpipe run p.yaml && expect_executed "again below fetch"
expect_equal "$(wc -l <count)" 2 "both equal steps ran"
expect_code 0 mlpipe run p.yaml && expect_executed "again fetch"
expect_equal "$(wc -l <count)" 4
expect_equal "$(ask_run latest "steps['fetch']['reason']")" "allow_reuse is false: it runs in every run"
echo two >source
expect_code 0 mlpipe run p.yaml && expect_executed "again below fetch"
expect_code 4 mlpipe plan --check p.yaml

# Allowed from now on: what was made without permission is still not offered.
expect_code 0 mlpipe run p.yaml --set steps.again.allow_reuse=true && expect_executed "again fetch"
expect_code 0 mlpipe run p.yaml --set steps.again.allow_reuse=true && expect_executed "fetch"

# The words are those of the file.
cat >azure.yml <<'END'
type: pipeline
jobs:
  fetch: {command: date, is_deterministic: false}
  other: {command: date}
END
expect_code 0 mlpipe run --local azure.yml
expect_code 0 mlpipe run --local azure.yml --set settings.force_rerun=true
expect_equal "$(ask_run latest "steps['fetch']['reason']")" "is_deterministic is false: it runs in every run"
expect_equal "$(ask_run latest "steps['other']['reason']")" "all steps run anew (force_rerun in the settings)"
