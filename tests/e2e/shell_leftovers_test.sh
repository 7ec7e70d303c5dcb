#!/usr/bin/env bash
# run --shell: what the shell leaves running ends before the directory goes, also out of its session and without parents; a shell that cannot start leaves no directory.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
steps:
  prep: {command: 'true'}
END
for options in "" --keep; do
  rm -f pids
  # shellcheck disable=SC2086  # words on purpose
  expect_code 0 mlpipe run p.yaml --only prep --shell $options <<END
setsid sleep 777 & echo \$! >>$work/pids
(setsid sh -c 'trap "" TERM; echo \$\$ >>$work/pids; sleep 777; sleep 777' </dev/null >/dev/null 2>&1 &)
(setsid sh -c 'kill -STOP \$\$' & echo \$! >>$work/pids)
while [ \$(wc -l <$work/pids) -lt 3 ]; do sleep 0.05; done
exit
END
  expect_err "ended what the shell left running: "
  while read -r pid; do
    [[ ! -e /proc/$pid ]] || fail "process $pid is left: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
  done <pids
  expect_equal "$(wc -l <pids)" 3 "processes that were begun"
done
rm -rf .mlpipe/work/*-shell*
expect_code 0 mlpipe run p.yaml --only prep --shell <<<"echo hi"
expect_no_err "left running"
expect_equal "$(find .mlpipe/work -maxdepth 1 -name '*-shell*')" "" "directories left"

printf '\177ELF no program' >bash && chmod +x bash
SHELL=$work/bash expect_code 3 mlpipe run p.yaml --only prep --shell
expect_err "cannot start '$work/bash'"
expect_equal "$(find .mlpipe/work -maxdepth 1 -name '*-shell*')" "" "directories left"
