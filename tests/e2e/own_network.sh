#!/usr/bin/env bash
# Sourced first, with the arguments of the test, instead of ssh.sh: the test runs in a network of its own, which ends with it.
set -euo pipefail
if [[ ${1:-} != inside ]]; then  # a network of its own, which ends with this test
  [[ $(id -u) == 0 ]] || { echo "SKIPPED: only root can make network namespaces" && exit 125; }
  unshare --net true 2>/dev/null || { echo "SKIPPED: network namespaces cannot be made here" && exit 125; }
  exec unshare --net bash "$0" inside
fi
. "$(dirname "${BASH_SOURCE[0]}")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
command -v ip >/dev/null || skip "there is no 'ip': install iproute2"
ip link set lo up || skip "there is no loopback in a namespace"
