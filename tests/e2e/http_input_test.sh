#!/usr/bin/env bash
# An input with an http address is fetched once; --refetch, plan, gc, du, verify and a lost object.
. "$(dirname "$0")/http.sh"
start_server
echo 1,2 >served/a.csv
copy_of "$url/files/a.csv?token=secret" >p.yaml

expect_code 0 mlpipe validate p.yaml
expect_code 0 mlpipe graph p.yaml
[[ ! -e .mlpipe && ! -e served/.requests ]] || fail "looking at the file fetched something"

expect_code 0 mlpipe run p.yaml
expect_err "fetching $url/files/a.csv"
expect_err "fetched a.csv, 4 B in"
expect_no_err $'\r'
expect_code 0 mlpipe get latest copy.o got
expect_equal "$(cat got/*)" 1,2
! grep -rqa token=secret .mlpipe || fail "a secret was kept"

echo 3,4 >served/a.csv
expect_code 0 mlpipe run p.yaml
expect_no_err fetch
expect_out "nothing to do"
expect_equal "$(requests)" 1

expect_code 0 mlpipe run p.yaml --refetch
expect_err "it has other contents than before"
expect_executed copy
expect_code 0 mlpipe run p.yaml --refetch --json
expect_equal "$(grep -c '"event":"fetch"' out)" 2
grep -q '"changed":false' out || fail "not said that it is as before"
/usr/bin/python3 -W ignore -c '
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
for line in sys.stdin:
    jsonschema.validate(json.loads(line), schema)' "$REPOSITORY/schemas/run-events.schema.json" <out ||
  fail "the events are not as their schema says"
expect_executed ""

expect_code 0 mlpipe verify --json
expect_schema verify
expect_code 0 mlpipe du --json
expect_schema du
expect_out downloads
stop_server
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe gc --json
expect_schema gc
expect_code 0 mlpipe plan p.yaml --check

# A lost object needs the network again; without it the message says what was tried.
object=$(/usr/bin/python3 -c '
import sqlite3
print(sqlite3.connect(".mlpipe/mlpipe.db").execute("SELECT lower(hex(object)) FROM downloads").fetchone()[0])')
chmod -R u+w ".mlpipe/objects/${object:0:2}/$object" && rm -r ".mlpipe/objects/${object:0:2}/$object"
expect_code 3 mlpipe run p.yaml
expect_err "p.yaml:4:"
expect_err "nothing answers at"
