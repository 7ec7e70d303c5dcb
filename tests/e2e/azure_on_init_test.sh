#!/usr/bin/env bash
# on_init runs before all others, on_finalize after them.
. "$(dirname "$0")/azure.sh"
use_azure on_init_finalize
export RECORD=$work/record
expect_runs pipeline.yml "a b begin end"
expect_file record $'begin\nmiddle\nmiddle\nend'
expect_err "not if one of them failed"
# Not after a failure.
sed -i 's/echo a >/false; exit 1; echo a >/' pipeline.yml
rm record
expect_code 1 mlpipe run --local pipeline.yml
expect_file record begin
