#!/usr/bin/env bash
# Where steps cannot be isolated nothing runs, and the message says what to do; what is reused needs no isolation.
. "$(dirname "$0")/isolated.sh"
cat >p.yaml <<END
steps:
  free: {command: 'touch $work/free-ran'}
  bound: {command: 'touch $work/bound-ran; echo x > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}, isolation: declared}
END
mkdir bin
printf '#!/bin/sh\necho "bwrap: No permissions to create a new namespace" >&2\nexit 1\n' >bin/bwrap
chmod +x bin/bwrap
PATH=$work/bin:$PATH expect_code 3 mlpipe run p.yaml
expect_err "step 'bound' is to be isolated (isolation: declared), and this machine does not let '$work/bin/bwrap' do it: bwrap: No permissions to create a new namespace"
expect_err "unprivileged_userns_clone"
PATH=$work/bin:$PATH expect_code 3 mlpipe run p.yaml --only bound --shell </dev/null
expect_err "this machine does not let"
[[ ! -e free-ran && ! -e bound-ran ]] || fail "something ran"
expect_code 0 mlpipe runs
expect_equal "$(tail -n +2 out | wc -l)" 0 "runs that were recorded"
# Of the steps of this run only: what is not isolated needs nothing.
PATH=$work/bin:$PATH expect_code 0 mlpipe run p.yaml --only free
PATH=$work/bin:$PATH expect_code 0 mlpipe plan p.yaml

# A bubblewrap that works when it is tried and then does not: the step is not started, and why.
cat >bin/bwrap <<'END'
#!/bin/sh
[ "$*" != "${*%/bin/true}" ] && exec /usr/bin/bwrap "$@"
echo "bwrap: Can't mount something" >&2
exit 1
END
PATH=$work/bin:$PATH expect_code 1 mlpipe run p.yaml --only bound
expect_err "step 'bound' failed: could not be started: it cannot be isolated: bwrap: Can't mount something"
[[ ! -e bound-ran ]] || fail "it ran without isolation"

expect_code 0 mlpipe run p.yaml
[[ ! -e bound-ran ]] || fail "it ran without isolation"
printf '#!/bin/sh\nexit 1\n' >bin/bwrap
PATH=$work/bin:$PATH expect_code 0 mlpipe run p.yaml   # all is reused

if [[ $EUID == 0 ]] && unshare -m true 2>/dev/null; then
  echo "steps: {a: {command: date, isolation: declared}}" >q.yaml
  expect_code 3 unshare -m sh -c 'mount --bind /dev/null /usr/bin/bwrap && exec "$0" "$@"' "$MLPIPE" run q.yaml
  expect_err "there is no program 'bwrap'"
  expect_err "apt-get install bubblewrap"
fi

# A program that is there, but not for the step.
mkdir tool src && printf '#!/bin/sh\necho hi\n' >tool/run && chmod +x tool/run
printf '#!%s/tool/run\n' "$work" >src/own && chmod +x src/own
echo "steps: {a: {source_directory: ./src, script_name: own, isolation: declared}}" >r.yaml
expect_code 1 mlpipe run r.yaml
expect_err "it exists, but it (or what it needs to start) is not shown to an isolated step"
