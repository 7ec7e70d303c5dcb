#!/usr/bin/env bash
# What cannot be fetched ends the command before there is a run, and says why and where.
. "$(dirname "$0")/http.sh"
start_server
echo x >served/a

try() {  # try CODE /path "message"
  copy_of "$url$2" >p.yaml
  expect_code "$1" mlpipe run p.yaml
  expect_err "p.yaml:4:"
  expect_err "$3"
  expect_code "$1" mlpipe plan p.yaml
}
try 2 /files/none "the server answers 404 (not found)"
try 3 /status/500 "the server answers 500"
try 3 /short "the connection ended before all had come"
try 3 /loop "more than 20 times"
try 3 "/to?file:///etc/passwd" "neither http nor https"
expect_code 2 mlpipe show latest
[[ -z $(ls .mlpipe/work/scratch) ]] || fail "something was left in scratch"

for name in ..%2F..%2Fescaped ..%5Cescaped '%00'; do
  copy_of "$url/name/$name" >p.yaml
  expect_code 0 mlpipe run p.yaml
done
[[ ! -e escaped && ! -e .mlpipe/escaped && ! -e .mlpipe/objects/escaped ]] || fail "a name led elsewhere"

stop_server
try 3 /files/a "nothing answers at"
