#!/usr/bin/env bash
# --json of every command is one JSON document on stdout (of `run` one event a line), even with odd bytes about.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
name: "quotes \" and ünï"
steps:
  a: {command: "printf 'bad \\377 byte' >&2; touch \"${{outputs.o}}/$(printf 'n\\377')\"; cp /bin/true outputs/", outputs: {o: {type: uri_folder}}}
  fails: {command: "printf 'last \\377 word\\n' >&2; exit 3", inputs: {i: "${{steps.a.outputs.o}}"}}
END
valid() { /usr/bin/python3 -c 'import json, sys; json.loads(sys.stdin.buffer.read().decode("utf-8"))' <"$work/out" || fail "no JSON: $*"; }
expect_code 1 mlpipe run p.yaml --json
/usr/bin/python3 -c '
import json, sys
events = [json.loads(line.decode("utf-8")) for line in sys.stdin.buffer]
assert events[0]["event"] == "run_started" and events[-1]["event"] == "run_finished", events
assert all(e["version"] == 1 and e["time"] for e in events)
assert events[-1]["status"] == "Failed" and events[-1]["counts"]["executed"] == 1, events[-1]
assert "word" in events[-1]["failures"][0]["log_tail"], events[-1]
seen = [e["status"] for e in events if e.get("step") == "a" and e["event"] == "step_changed"]
assert seen[-1] == "Completed" and "Running" in seen, seen' <"$work/out" || fail "events: $(cat "$work/out")"
[[ ! -s $work/err ]] || fail "run --json wrote to stderr: $(cat "$work/err")"
for command in "plan p.yaml" "run --dry-run p.yaml" "validate p.yaml" "why p.yaml" "why p.yaml fails" "why latest" \
  "why latest a" runs show "show latest" "get latest a.o dir"; do
  # shellcheck disable=SC2086  # words on purpose
  expect_code 0 mlpipe $command --json && valid "$command"
done
