#!/usr/bin/env bash
# On a full disk gc makes room: what needs no record goes first, and what is only remembered makes place for the record.
. "$(dirname "$0")/faults.sh"
mount_small 8m
cd disk
{ echo steps:; for i in 1 2 3; do echo "  s$i: {command: \"yes $i | head -c 900000 >\${{outputs.o}}\", outputs: {o: {type: uri_file}}}"; done; } >p.yaml
expect_code() {  # stdout and stderr are not to lie on the full disk
  local want=$1 got=0
  shift
  "$@" >/dev/shm/$$.out 2>/dev/shm/$$.err || got=$?
  mv /dev/shm/$$.out ../out && mv /dev/shm/$$.err ../err
  [[ $got == "$want" ]] || { cat ../out ../err; fail "exit code $got, expected $want: $*"; }
}
expect_code 0 mlpipe run p.yaml
# Nothing but garbage: an object that nothing refers to.
mkdir -p .mlpipe/objects/ff/ffffffffffffffffffffffffffffffff/content
head -c 500000 /dev/zero >.mlpipe/objects/ff/ffffffffffffffffffffffffffffffff/content/x
fill_disk
expect_code 0 mlpipe gc
expect_code 0 mlpipe run p.yaml
(($(stat -f -c %a .) * $(stat -f -c %S .) > 400000)) || fail "no room was made"

# Only results, each of which needs its record.
fill_disk
expect_code 0 mlpipe gc --older-than 0s
(($(stat -f -c %a .) * $(stat -f -c %S .) > 2000000)) || fail "no room was made"
rm ballast
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe gc
expect_sound_database
