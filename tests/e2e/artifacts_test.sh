#!/usr/bin/env bash
# What a step leaves in ./outputs and ./logs is kept, and `mlpipe get RUN STEP.outputs DIR` fetches it.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  s: {command: "mkdir outputs/deep && echo art >outputs/deep/a.txt; echo log >logs/l.txt"}
  none: {command: "true"}
END
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe get latest s.outputs art && expect_file art/deep/a.txt art
expect_code 0 mlpipe get latest s.logs logs && expect_file logs/l.txt log
expect_code 0 mlpipe run p.yaml && expect_executed ""
expect_code 0 mlpipe get latest s.outputs again && expect_file again/deep/a.txt art
expect_code 2 mlpipe get latest none.outputs nothing && expect_err "left nothing in ./outputs"
[[ ! -e nothing ]] || fail "a failed get made the folder"
