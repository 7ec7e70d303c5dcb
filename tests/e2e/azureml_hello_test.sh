#!/usr/bin/env bash
# An Azure ML CLI v2 file runs unmodified: with --local, or with a workspace file that has "*" entries.
. "$(dirname "$0")/lib.sh"
cp "$REPOSITORY/specs/azureml-hello/pipeline.yml" .

expect_code 2 mlpipe run pipeline.yml
expect_err "cpu-cluster"
expect_err "--local"
[[ ! -e .mlpipe ]] || fail "a refused run made .mlpipe"

expect_code 0 mlpipe run --local pipeline.yml
expect_executed "turn_round write"
expect_code 0 mlpipe get latest turn_round.greeting from_local
expect_file from_local/greeting.txt $'3: hello world\n2: hello world\n1: hello world'

printf 'compute_targets: {"*": {type: local}}\nenvironments: {"*": {type: system}}\n' >mlpipe.yaml
expect_code 0 mlpipe run pipeline.yml
expect_out "all 2 steps reused"          # where it runs is not part of what it is
expect_code 0 mlpipe run pipeline.yml -p who=moon -p times=1
expect_code 0 mlpipe get latest turn_round.greeting moon
expect_file moon/greeting.txt "1: hello moon"
