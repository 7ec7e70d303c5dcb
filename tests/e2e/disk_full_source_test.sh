#!/usr/bin/env bash
# A disk too full for the copy of the sources: nothing is recorded, nothing is left lying about.
. "$(dirname "$0")/faults.sh"

mount_small 16m
cd disk
one_step 'echo 1 > ${{outputs.made}}' 'source_directory: src' >p.yaml
mkdir src && head -c 3000000 /dev/urandom >src/big
fill_disk && truncate -s -2000000 ballast
code=0
mlpipe run p.yaml >../out 2>../err || code=$?
expect_equal "$code" 3 "$(cat ../err)"
grep -qF "No space left on device (free some space there, then run again)" ../err || fail "$(cat ../err)"
[[ -z $(find .mlpipe -size +500k) ]] || fail "the half copy is still there"
expect_sound_database
rm ballast
expect_code 0 mlpipe run p.yaml
expect_executed make
