#!/usr/bin/env bash
# An object that was touched, and is whole, is whole too where its note cannot be written anew: `verify` does not
# call it damaged, and its result is reused.
. "$(dirname "$0")/faults.sh"

one_step 'echo 1 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
touch -d yesterday "$(find .mlpipe/objects -path '*/content/made')"
at_end+=(make_writable)
make_writable() { ! mountpoint -q "$work/.mlpipe/objects" || umount "$work/.mlpipe/objects"; }
mount --bind .mlpipe/objects .mlpipe/objects 2>/dev/null || skip "cannot mount here"
mount -o remount,bind,ro .mlpipe/objects || skip "cannot mount read-only here"
mlpipe verify >out 2>err || true
! grep -q "damaged:" out || fail "a whole object is called damaged: $(cat out err)"
expect_code 0 mlpipe run p.yaml
expect_executed ""
make_writable
expect_code 0 mlpipe verify
expect_out "all are whole"
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_sound_database
