#!/usr/bin/env bash
# What compute targets behind SSH cost, beside the same work done with the bare tools, in turn, over a real sshd on loopback.
# Usage: MLPIPE=build/release/mlpipe bench/ssh.sh [dispatch|steps|files|big|again]...   (without: all of them)
# ROUNDS (5), STEPS (1000), FILES (10000) and MIB (2048) set the sizes; needs about 6 x MIB of disk below TMPDIR.
# What is measured and how: bench/README.md.
set -euo pipefail
: "${MLPIPE:?MLPIPE=path of the program}"
MLPIPE=$(realpath "$MLPIPE")
here=$(cd "$(dirname "$0")" && pwd)
sshd=$here/../tests/support/sshd.sh
work=$(mktemp -d)
leave() {
  "$sshd" stop "$work/hosts" || true
  chmod -R u+rwX "$work"
  rm -rf "$work"
}
mkdir "$work/hosts"
trap leave EXIT
"$sshd" start "$work/hosts" a
cd "$work"
export MLPIPE MLPIPE_SLOT_DIRECTORY=$work/.slots
echo "compute_targets: {a: {type: ssh, host: a, max_concurrent_steps: 2, ssh_config: $work/hosts/ssh_config}}" >mlpipe.yaml
/usr/bin/python3 "$here/ssh.py" "$@"
