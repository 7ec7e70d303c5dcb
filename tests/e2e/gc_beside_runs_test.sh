#!/usr/bin/env bash
# gc beside a run: what it has made, reuses and reads stays, whatever the rule; neither waits for the other.
. "$(dirname "$0")/running.sh"
cat >p.yaml <<YAML
steps:
  earlier: {command: "echo 1 >\${{outputs.o}}", outputs: {o: {type: uri_file}}}
  made: {command: "sleep 0.05; echo 2 >\${{outputs.o}}", outputs: {o: {type: uri_file}}}
  waits:
    command: "touch $work/waits; $(until_go waits); cat \${{inputs.a}} \${{inputs.b}} >\${{outputs.o}}"
    inputs: {a: "\${{steps.earlier.outputs.o}}", b: "\${{steps.made.outputs.o}}"}
    outputs: {o: {type: uri_file}}
  last:
    command: "cat \${{inputs.a}} \${{inputs.w}} >\${{outputs.o}}"
    inputs: {a: "\${{steps.earlier.outputs.o}}", w: "\${{steps.waits.outputs.o}}"}
    outputs: {o: {type: uri_file}}
YAML
expect_code 0 mlpipe run p.yaml --until earlier
first=$(ask_run latest "run['run_id']")
start going run p.yaml
wait_until 20 test -e waits
expect_code 0 mlpipe delete "$first" --yes
began=$SECONDS
for rule in "" "--older-than 0s" "--max-size 0"; do
  # shellcheck disable=SC2086  # words
  expect_code 0 mlpipe gc $rule --json
  expect_equal "$(/usr/bin/python3 -c 'import json; d = json.load(open("out")); print(d["results"], d["objects"]["count"])')" "[] 0" "what went by '$rule'"
done
((SECONDS - began < 20)) || fail "gc waited for the run"
[[ -d $(echo .mlpipe/work/????????????????????????????????) ]] || fail "the directory of a running step is gone"

# An object that nothing refers to, but which the run may have added a moment ago.
mkdir -p .mlpipe/objects/ff/ffffffffffffffffffffffffffffffff/content
expect_code 0 mlpipe gc --older-than 0s
expect_err "1 object that nothing refers to stays until the runs that go on now have ended"
[[ -d .mlpipe/objects/ff/ffffffffffffffffffffffffffffffff ]] || fail "a new object was removed"
# One from long before it.
touch -d '2 days ago' .mlpipe/objects/ff/ffffffffffffffffffffffffffffffff
expect_code 0 mlpipe gc
[[ ! -e .mlpipe/objects/ff/ffffffffffffffffffffffffffffffff ]] || fail "an old object that nobody knows is there"

go waits
expect_end 0 "$driver"
expect_equal "$(executed latest)" "last made waits"
expect_code 0 mlpipe get latest last.o dir
expect_equal "$(tr -d '\n' <dir/o)" 112 "what came out"
# Its driver is gone: all of it may go now.
expect_code 0 mlpipe gc --older-than 0s
expect_code 0 mlpipe run p.yaml
expect_executed "earlier last made waits"
