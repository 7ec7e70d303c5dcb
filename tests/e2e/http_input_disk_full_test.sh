#!/usr/bin/env bash
# A download that fills the disk ends with a plain word and leaves the disk as it was.
. "$(dirname "$0")/http.sh"
mount_small 4m
start_server
head -c 8000000 /dev/zero >served/big
copy_of "$url/files/big" >disk/p.yaml
expect_code 3 mlpipe run disk/p.yaml
expect_err "(free some space there, then run again)"
[[ -z $(ls disk/.mlpipe/work/scratch) ]] || fail "something was left in scratch"
head -c 1000 /dev/zero >served/big
expect_code 0 mlpipe run disk/p.yaml
