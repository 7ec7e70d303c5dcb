#!/usr/bin/env bash
# 50 MB of binary on stdout are a log like another: kept whole, shown in part where a step fails.
. "$(dirname "$0")/faults.sh"

one_step 'head -c 50000000 /dev/urandom; echo 1 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
mlpipe logs latest make >log
(($(stat -c %s log) >= 50000000)) || fail "the log lost something"
one_step 'head -c 50000000 /dev/urandom >&2; exit 3' >p.yaml
expect_code 1 mlpipe run p.yaml
expect_err "exit code 3"
(($(stat -c %s "$work/err") < 100000)) || fail "the whole log on stderr"
iconv -f UTF-8 -t UTF-8 "$work/err" >/dev/null || fail "stderr is not UTF-8"
expect_sound_database
