#!/usr/bin/env bash
# On a read-only filesystem a run is refused with the reason; runs and show still tell.
. "$(dirname "$0")/faults.sh"

mount_small 8m
one_step 'echo 1 > ${{outputs.made}}' >disk/p.yaml
mount -o remount,ro disk
expect_code 3 mlpipe run disk/p.yaml
expect_err "Read-only file system"
expect_code 0 mlpipe plan disk/p.yaml
mount -o remount,rw disk
expect_code 0 mlpipe run disk/p.yaml
mount -o remount,ro disk
expect_code 3 mlpipe run disk/p.yaml
expect_err "Read-only file system"
expect_code 0 mlpipe runs -C disk
expect_out Completed
expect_code 0 mlpipe show -C disk
expect_code 0 mlpipe get -C disk latest make.made got
expect_file got/made 1
expect_code 0 mlpipe plan disk/p.yaml
expect_out reuse
mount -o remount,rw disk
expect_sound_database disk/.mlpipe/mlpipe.db
