#!/usr/bin/env bash
# A disk too full for the copy of the sources: nothing is recorded, nothing is left lying about.
. "$(dirname "$0")/faults.sh"

mount_small 16m
cd disk
one_step 'echo 1 > ${{outputs.made}}' 'source_directory: src' >p.yaml
mkdir src && head -c 3000000 /dev/urandom >src/big
fill_disk && truncate -s -2000000 ballast
expect_code 3 mlpipe run p.yaml
expect_err "No space left on device (free some space there, then run again)"
[[ -z $(find .mlpipe -size +500k) ]] || fail "the half copy is still there"
expect_sound_database
rm ballast
expect_code 0 mlpipe run p.yaml
expect_executed make
