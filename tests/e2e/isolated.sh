#!/usr/bin/env bash
# Sourced instead of running.sh by tests of isolated steps: skipped where they cannot be had.
. "$(dirname "${BASH_SOURCE[0]}")/running.sh"
command -v bwrap >/dev/null || skip "no bubblewrap (bwrap)"
bwrap --ro-bind / / --dev-bind /proc /proc --dev /dev --remount-ro / true 2>/dev/null ||
  skip "this machine does not let bubblewrap make namespaces"
PATH=/usr/local/bin:/usr/bin:/bin

# A time for `sleep` by which a test knows its own processes among those of all tests.
long=$((100000 + $$))
sleeps() { grep -lazx "$long" /proc/[0-9]*/cmdline 2>/dev/null || true; }
no_sleeps() { [[ -z $(sleeps) ]]; }
