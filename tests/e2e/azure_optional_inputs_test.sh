#!/usr/bin/env bash
# $[[ … ]] is kept or dropped as a whole, with the blanks around it; through nested pipelines, too.
. "$(dirname "$0")/azure.sh"
use_azure optional_inputs
expect_code 0 mlpipe validate --local pipeline.yml
expect_code 0 mlpipe run --local pipeline.yml
expect_outputs
expect_executed "all none"  # the others do the same work as 'none'
expect_all_reused pipeline.yml

echo given >given.txt
expect_code 0 mlpipe run --local pipeline.yml -i extra=given.txt -p limit=7
expect_executed "passed"
expect_code 0 mlpipe get latest passed.shown passed
grep -qx '<given>' passed/* || fail "the optional data is not there"
grep -qx '<7>' passed/* || fail "the optional integer is not there"
