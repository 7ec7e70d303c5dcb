#!/usr/bin/env bash
# A hangup ends a run; under nohup it does not.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  s: {command: '$(trace s); $(until_go s)'}
Y
start run run p.yaml
wait_until 20 has_trace s
kill -HUP "$driver"
expect_end 129 "$driver"
rm traces
nohup "$MLPIPE" run p.yaml >out 2>err &
driver=$!
background+=("$driver")
wait_until 20 has_trace s
kill -HUP "$driver"
go s
expect_end 0 "$driver"
