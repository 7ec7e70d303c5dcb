#!/usr/bin/env bash
# doctor on disks that are full, read-only or not ours.
. "$(dirname "$0")/faults.sh"

mount_small 8m
mkdir disk/ws && cd disk/ws
one_step 'echo 1 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
expect_code 3 mlpipe doctor
expect_out "free for '$work/disk/ws/.mlpipe'"
expect_out "free some space there"
fill_disk
expect_code 3 mlpipe doctor
expect_out "permissions"
expect_out "No space left on device"
rm ballast
mount -o remount,ro "$work/disk" || skip "cannot mount read-only here"
expect_code 3 mlpipe doctor
expect_out "sound, schema"
# There verify only looks.
expect_code 0 mlpipe verify --deep
expect_out "all are whole"
cd "$work"
