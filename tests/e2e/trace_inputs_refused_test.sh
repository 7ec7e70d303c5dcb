#!/usr/bin/env bash
# Where programs cannot be traced nothing runs, and the message says what to do.
. "$(dirname "$0")/running.sh"
echo "steps: {a: {command: 'touch $work/ran'}}" >p.yaml
mkdir bin
printf '#!/bin/sh\necho "strace: ptrace(PTRACE_SEIZE): Operation not permitted" >&2\nexit 1\n' >bin/strace
chmod +x bin/strace
PATH=$work/bin:$PATH expect_code 3 mlpipe run p.yaml --trace-inputs
expect_err "--trace-inputs: '$work/bin/strace' cannot trace programs here: strace: ptrace(PTRACE_SEIZE): Operation not permitted"
expect_err "ptrace_scope"
[[ ! -e ran ]] || fail "the step ran"
if [[ $EUID == 0 && -e /usr/bin/strace ]] && unshare -m true 2>/dev/null; then
  PATH=/usr/bin:/bin expect_code 3 unshare -m sh -c 'mount --bind /dev/null /usr/bin/strace && exec "$0" "$@"' "$MLPIPE" run p.yaml --trace-inputs
  expect_err "there is no program 'strace'"
  expect_err "apt-get install strace"
fi
[[ ! -e ran ]] || fail "the step ran"
expect_code 0 mlpipe run p.yaml
