#!/usr/bin/env bash
# Ctrl-C while an input is fetched, a driver that is killed, and two drivers that want the same.
. "$(dirname "$0")/http.sh"
start_server

copy_of "$url/stall" >stall.yaml
"$MLPIPE" run stall.yaml >out 2>err &
driver=$!
background+=("$driver")
wait_until 20 grep -q /stall served/.requests
kill -INT "$driver"
code=0
wait "$driver" || code=$?
[[ $code == 130 ]] || fail "exit code $code"
[[ -z $(ls .mlpipe/work/scratch) ]] || fail "something was left in scratch"
expect_code 2 mlpipe show latest

"$MLPIPE" run stall.yaml >out 2>err &
driver=$!
background+=("$driver")
asked_twice() { [[ $(requests) == 2 ]]; }
wait_until 20 asked_twice
kill -KILL "$driver"
wait "$driver" || true

printf 'content of the file\n' >served/b
copy_of "$url/slow/b" >b.yaml
"$MLPIPE" run b.yaml >out1 2>err1 &
first=$!
wait_until 20 grep -q /slow/b served/.requests
"$MLPIPE" run b.yaml >out2 2>err2 &
second=$!
background+=("$first" "$second")
wait_until 20 grep -q "another mlpipe is fetching" err2
touch served/.go
wait "$first" || fail "the first driver failed: $(cat err1)"
wait "$second" || fail "the second driver failed: $(cat err2)"
expect_equal "$(grep -c /slow/b served/.requests)" 1 "fetches"
