#!/usr/bin/env bash
# What a step made is damaged in the store of its machine before it was fetched: that is noticed, nothing wrong comes back, and
# the next run makes it again.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
sed -i "s|}$|, fetch: always}|" mlpipe.yaml
cat >p.yaml <<Y
steps:
  there:
    compute_target: a
    command: "$(trace began); head -c 150000000 /dev/zero | tr '\\\\0' x >\${{outputs.big}}; echo made >\${{outputs.small}}"
    outputs:
      big: {type: uri_file, file_name: big}
      small: {type: uri_file, file_name: small, path: result}
Y
on_the_way() { find .mlpipe/work/scratch -path '*/content/*' -size +1M | grep -q .; }
start first run p.yaml
wait_until 30 on_the_way
kill -KILL "$driver"
wait "$driver" 2>/dev/null || true
small=$(find "$(remote_root a)/objects" -type f -name small)
[[ -n $small ]] || fail "it is not in the store over there"
chmod -R u+w "$(remote_root a)/objects"
echo other >"$small"
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_out "1 ran"
expect_file result made
expect_traces "began began"
expect_code 0 mlpipe verify --deep
