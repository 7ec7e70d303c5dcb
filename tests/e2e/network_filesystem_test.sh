#!/usr/bin/env bash
# A state directory on a network filesystem is refused, and the advice that is given helps. The kernel's answer
# about the filesystem is replaced on its way to mlpipe, so no such filesystem is needed.
. "$(dirname "$0")/faults.sh"

on() {  # on TYPE program arguments…: it is told that ./.mlpipe lies on a filesystem of this type of statfs(2)
  local bytes
  bytes=$(/usr/bin/python3 -c 'import sys; print(int(sys.argv[1], 16).to_bytes(8, sys.byteorder).hex())' "$1")
  # LeakSanitizer cannot work in a program that is traced.
  ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0" strace -qq -o trace -P "$work/.mlpipe" \
    -e trace=statfs -e "inject=statfs:poke_exit=@arg2=$bytes" "${@:2}"
}
mkdir .mlpipe
[[ $(on 6969 stat -f -c %t "$work/.mlpipe" 2>/dev/null) == 6969 ]] || skip "strace cannot change an answer here"
rmdir .mlpipe

echo "steps: {make: {command: 'touch $work/started; echo 1'}}" >p.yaml
refused() {  # refused TYPE
  expect_code 3 on "$1" "$MLPIPE" run p.yaml
  expect_err "'$work/.mlpipe' lies on a network filesystem, where the database of runs is not safe"
  expect_err "name a folder on a local disk in mlpipe.yaml, as in \`state_directory: "
  [[ ! -e started ]] || fail "a step was started"
  [[ ! -e .mlpipe ]] || expect_equal "$(ls -A .mlpipe)" "" "what was made on a network filesystem"
}
declare -A types=([nfs]=6969 [cifs]=ff534d42 [smb2]=fe534d42 [smb]=517b [afs]=5346414f [coda]=73757245
  [lustre]=bd00bd0 [gpfs]=47504653 [9p]=1021997 [ceph]=c36400)
for type in "${types[@]}"; do refused "$type"; done
refused 6969  # an empty folder that was left there makes no difference
expect_code 3 on 6969 "$MLPIPE" doctor
expect_out "'$work/.mlpipe' is on a network filesystem, where the database and locks are not safe"

# Local filesystems are none: ext4, tmpfs. And the advice helps.
expect_code 0 on ef53 "$MLPIPE" run p.yaml
expect_code 3 on 6969 "$MLPIPE" run p.yaml  # it was moved there
expect_err "move it, since it has the runs and all that they made, and name a folder on a local disk"
rm -r .mlpipe
expect_code 0 on 1021994 "$MLPIPE" run p.yaml
rm -r .mlpipe started
echo "state_directory: $work/local" >mlpipe.yaml
expect_code 0 on 6969 "$MLPIPE" run p.yaml
[[ -e started && ! -e .mlpipe ]] || fail "the state is not where the workspace file says"
expect_sound_database local/mlpipe.db
