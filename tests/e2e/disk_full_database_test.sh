#!/usr/bin/env bash
# A disk that is full when the record is written ends the run with 3; afterwards all goes on.
. "$(dirname "$0")/faults.sh"

mount_small 8m
cd disk
one_step 'echo 1 > ${{outputs.made}}; dd if=/dev/zero of="$BALLAST" bs=4k 2>/dev/null; true' 'pass_environment: [BALLAST]' >p.yaml
export BALLAST=$PWD/ballast
for _ in 1 2; do
  expect_code 3 mlpipe run p.yaml
  expect_err "(free some space there, then run again)"
  expect_code 3 mlpipe run p.yaml
done
rm ballast
BALLAST=/dev/full expect_code 0 mlpipe run p.yaml
expect_sound_database
expect_executed make
expect_file "$(find .mlpipe/objects -name made)" 1
