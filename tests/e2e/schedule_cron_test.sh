#!/usr/bin/env bash
# Debian's own cron runs what is due: `schedule install` writes one line, `uninstall` removes just that one.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
[[ $EUID == 0 ]] || skip "needs root, to give cron folders of its own"
command -v cron >/dev/null && command -v crontab >/dev/null || skip "no cron"
if [[ -z ${IN_OWN_FOLDERS:-} ]]; then
  unshare --mount true 2>/dev/null || skip "no mount namespaces here"
  # The spool and the lock of cron are this test's own, and go with it.
  IN_OWN_FOLDERS=yes exec unshare --mount --propagation private bash "$here/schedule_cron_test.sh"
fi
mount -t tmpfs tmpfs /var/spool/cron
mkdir -m 1730 /var/spool/cron/crontabs
mount -t tmpfs tmpfs /run

printf '# my own\n5 4 * * 1 echo 100\\%% # mine\n' | crontab -
crontab -l >before
cat >p.yaml <<'Y'
steps: {s: {command: "echo done >${{outputs.o}}", outputs: {o: {type: uri_file, path: made.txt}}}}
Y
expect_code 0 mlpipe schedule create often --spec p.yaml --every 1m
expect_code 0 mlpipe schedule install
expect_out "cron ticks the schedules of '$work' every minute"
expect_code 0 mlpipe schedule install
expect_out "your crontab has the line already"
expect_equal "$(crontab -l | grep -c "schedule tick -C $work")" 1 "lines"
expect_equal "$(crontab -l | head -n 2)" "$(cat before)" "the other lines"
cron -f -L 0 >/dev/null 2>&1 &
background+=($!)
wait_until 150 test -e made.txt
expect_code 0 mlpipe schedule show often
expect_out submitted
expect_code 0 mlpipe schedule uninstall --json
expect_schema schedule-install
expect_equal "$(crontab -l)" "$(cat before)" "the crontab afterwards"
expect_code 0 mlpipe schedule uninstall
expect_out "nothing was changed"
crontab -r
expect_code 0 mlpipe schedule install --json
expect_schema schedule-install
expect_code 0 mlpipe schedule uninstall
! crontab -l 2>/dev/null || fail "the crontab is left"
