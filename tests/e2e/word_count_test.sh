#!/usr/bin/env bash
# Fan-out and join: one word of chapter 3 changed reruns split, its count and the join only.
. "$(dirname "$0")/lib.sh"
cp -r "$REPOSITORY/specs/word-count" . && cd word-count

expect_code 0 mlpipe run pipeline.yaml
expect_executed "count_1 count_2 count_3 count_4 join split"
expected=$(tr -cs '[:alpha:]' '\n' <data/lighthouse.txt | tr '[:upper:]' '[:lower:]' | grep -c '^the$')
expect_equal "$(awk '$2 == "the" { print $1 }' out/counts.txt)" "$expected" "number of 'the'"

sed -i 's/October/November/' data/lighthouse.txt
expect_code 0 mlpipe run pipeline.yaml
expect_executed "count_3 join split"
expect_out "3 ran, 3 reused"
grep -qx '1 november' out/counts.txt || fail "the new word is not in out/counts.txt"
expect_code 0 mlpipe why latest count_3
expect_out "input 'chapter' has other contents (from step 'split')"
