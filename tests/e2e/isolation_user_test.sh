#!/usr/bin/env bash
# Isolation and tracing work for a user without rights, in a home of their own.
. "$(dirname "$0")/isolated.sh"
[[ $EUID == 0 ]] || skip "only root can become another user"
command -v strace >/dev/null || skip "no strace"
chmod 755 "$work"
mkdir -p home/ws data && echo secret >data/x.csv && echo table >home/ws/t.csv
cp "$MLPIPE" home/mlpipe
cat >home/ws/p.yaml <<END
settings: {continue_on_step_failure: true}
steps:
  good: {command: 'cat "\${{inputs.t}}" > "\${{outputs.o}}"; id -u; touch ~/x; ls ~ | wc -l', inputs: {t: {type: uri_file, path: t.csv}}, outputs: {o: {type: uri_file, path: o.csv}}, isolation: declared}
  bad: {command: 'cat $work/data/x.csv', isolation: declared}
  open: {command: 'cat $work/data/x.csv'}
  slow: {command: 'sleep $long', limits: {timeout: 1}, isolation: declared}
END
chown -R nobody home
as_user() {
  setpriv --reuid nobody --regid nogroup --clear-groups env -i HOME="$work/home" PATH="$PATH" \
    MLPIPE_SLOT_DIRECTORY="$work/home/.slots" "$work/home/mlpipe" "$@" -C "$work/home/ws"
}
if ! setpriv --reuid nobody --regid nogroup --clear-groups bwrap --ro-bind / / --dev-bind /proc /proc --dev /dev true; then
  skip "this machine does not let users make namespaces"
fi
expect_code 1 as_user run home/ws/p.yaml --trace-inputs
expect_err "step 'bad' failed: exit code 1; isolated, it names '$work/data/x.csv'"
expect_err "step 'slow' failed: timed out after 1 s"
expect_err "read       $work/data/x.csv"
expect_err "read       $work/data/x.csv  (not shown to it: it is isolated)"
expect_file home/ws/o.csv table
[[ ! -e home/x ]] || fail "it could write to the home"
expect_code 0 as_user logs latest good --stdout
expect_equal "$(head -n 1 out)" "$(id -u nobody)" "the user"
no_sleeps || fail "left: $(sleeps)"
