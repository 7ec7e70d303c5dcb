#!/usr/bin/env bash
# run --trace FILE writes what each step did when, as trace viewers take it; of a run that reuses everything too.
. "$(dirname "$0")/running.sh"
cat >p.yaml <<'Y'
steps:
  a: {command: "sleep 0.3; echo a >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  b: {command: "sleep 0.3; echo b >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  c: {command: "cat ${{inputs.a}} >${{outputs.o}}", inputs: {a: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file, file_name: o}}}
  d: {command: "exit 3", inputs: {a: "${{steps.c.outputs.o}}"}}
Y
echo 'compute_targets: {local: {type: local, cpus: 2, max_concurrent_steps: 2}}' >mlpipe.yaml
expect_code 1 mlpipe run p.yaml -j2 --trace trace.json
/usr/bin/python3 - <<'P'
import json

events = json.load(open("trace.json"))["traceEvents"]
slices = [event for event in events if event["ph"] == "X"]
steps = [event for event in slices if event["tid"] != 0]
for step in "abc":
    assert [e["cat"] for e in steps if e["name"] == step] == ["Preparing", "Running", "Finalizing"], step
assert [e["cat"] for e in steps if e["name"] == "d"][:2] == ["Preparing", "Running"]
running = {e["name"]: e for e in steps if e["cat"] == "Running"}
assert all(running[name]["dur"] >= 300_000 for name in "ab"), running
assert running["a"]["tid"] != running["b"]["tid"], "two steps at a time on one line"
assert running["c"]["ts"] >= running["a"]["ts"] + running["a"]["dur"]
for line in {e["tid"] for e in slices}:
    end = 0
    for e in sorted((e for e in slices if e["tid"] == line), key=lambda e: e["ts"]):
        assert e["ts"] >= end, ("slices of a line overlap", e)
        end = e["ts"] + e["dur"]
own = [e["name"] for e in slices if e["tid"] == 0]
assert own == ["reading", "fetching", "planning", "executing", "git and recording"], own
assert running["d"]["args"]["reason"], "no reason"
P
sed -i '/^  d:/d' p.yaml
expect_code 0 mlpipe run p.yaml --trace trace.json
/usr/bin/python3 -c 'import json; e = json.load(open("trace.json"))["traceEvents"]; assert {x["tid"] for x in e} == {0}, e'
newest=$(ask_run latest "run['run_id']")
expect_code 3 mlpipe run p.yaml --trace absent/trace.json
expect_equal "$(ask_run latest "run['run_id']")" "$newest" "the newest run: it is said before anything runs"
expect_err "cannot write"
expect_err "absent/trace.json"

# Only a trace is replaced by one; and nothing is left of a run that never began.
cp p.yaml before
for file in p.yaml before . /dev/null; do
  expect_code 2 mlpipe run p.yaml --trace $file
  expect_err "'$file' is there and is no trace"
done
cmp p.yaml before
echo "steps: [" >bad.yaml
expect_code 2 mlpipe run bad.yaml --trace new.json
[[ ! -e new.json ]] || fail "an empty trace was left"
expect_code 2 mlpipe run p.yaml --dry-run --trace new.json && expect_err "--dry-run runs nothing"
