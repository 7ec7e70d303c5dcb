#!/usr/bin/env bash
# run --trace FILE writes what each step did when, as trace viewers take it; of a run that reuses everything too.
. "$(dirname "$0")/running.sh"
cat >p.yaml <<'Y'
steps:
  a: {command: "sleep 0.3; echo a >${{outputs.o}}", outputs: {o: {type: uri_file, path: here/a}}}
  b: {command: "sleep 0.3; echo b >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  c: {command: "cat ${{inputs.a}} >${{outputs.o}}", inputs: {a: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file, file_name: o}}}
  d: {command: "exit 3", inputs: {a: "${{steps.c.outputs.o}}"}}
Y
echo 'compute_targets: {local: {type: local, cpus: 2, max_concurrent_steps: 2}}' >mlpipe.yaml
expect_code 1 mlpipe run p.yaml -j2 --trace trace.json
/usr/bin/python3 - <<'P'
import json, os

events = json.load(open("trace.json"))["traceEvents"]
threads = [event for event in events if event["ph"] == "X" and event["pid"] == 2]
slices = [event for event in events if event["ph"] == "X" and event["pid"] == 1]
steps = [event for event in slices if event["tid"] != 0]
for step in "abc":
    assert [e["cat"] for e in steps if e["name"] == step] == ["Preparing", "Running", "Finalizing"], step
assert [e["cat"] for e in steps if e["name"] == "d"][:2] == ["Preparing", "Running"]
running = {e["name"]: e for e in steps if e["cat"] == "Running"}
assert all(running[name]["dur"] >= 300_000 for name in "ab"), running
assert running["a"]["tid"] != running["b"]["tid"], "two steps at a time on one line"
assert running["c"]["ts"] >= running["a"]["ts"] + running["a"]["dur"]
for process, line in {(e["pid"], e["tid"]) for e in slices + threads}:
    end = 0
    for e in sorted((e for e in slices + threads if (e["pid"], e["tid"]) == (process, line)), key=lambda e: e["ts"]):
        assert e["ts"] >= end, ("slices of a line overlap", e)
        end = e["ts"] + e["dur"]
own = [e["name"] for e in slices if e["tid"] == 0]
assert own == ["comparing", "reading", "fetching", "planning", "executing", "git and recording"], own
assert running["d"]["args"]["reason"], "no reason"
kinds = {e["name"] for e in threads}
assert {"recording", "storing", "private directories", "waiting for steps"} <= kinds, kinds
assert {e["args"].get("of") for e in threads if e["name"] == "copying to paths"} == {f"{os.getcwd()}/here/a"}, threads
P
sed -i '/^  d:/d' p.yaml
expect_code 0 mlpipe run p.yaml --trace trace.json
/usr/bin/python3 -c 'import json; e = json.load(open("trace.json"))["traceEvents"]; assert {x.get("tid", 0) for x in e if x["pid"] == 1} == {0}, e'
# Nor does one that runs nothing say less of what it copied.
rm here/a
expect_code 0 mlpipe run p.yaml --trace trace.json
/usr/bin/python3 -c 'import json; e = json.load(open("trace.json"))["traceEvents"]; assert any(x["name"] == "copying to paths" and x["args"]["of"].endswith("/here/a") for x in e), e'
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
