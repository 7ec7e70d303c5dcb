#!/usr/bin/env bash
# Two pipelines in one workspace run side by side.
. "$(dirname "$0")/running.sh"

for name in a b; do
  cat >$name.yaml <<Y
steps:
  s: {command: '$(trace $name); $(until_go $name)'}
Y
done
export MLPIPE_SLOT_DIRECTORY
start a run -j2 a.yaml
a=$driver
start b run -j2 b.yaml
wait_until 20 has_trace a
wait_until 20 has_trace b
go b
expect_end 0 "$driver"
go a
expect_end 0 "$a"
expect_code 0 mlpipe runs
expect_equal "$(grep -c Completed out)" 2 "completed runs"
