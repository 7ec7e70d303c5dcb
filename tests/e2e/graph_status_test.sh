#!/usr/bin/env bash
# `graph --status RUN` marks what became of each step, of the file as it is now or of the run as it was recorded; its JSON follows the schema.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
graph_is() {  # graph_is "python expression of graph, steps, edges" graph-options
  local question=$1
  shift
  mlpipe graph "$@" --json >document
  /usr/bin/python3 -c '
import json, sys, jsonschema
graph = json.load(open("document"))
jsonschema.Draft7Validator(json.load(open(sys.argv[1]))).validate(graph)
steps = {each["step"]: each for each in graph["steps"]}
edges = {(each["from"], each["to"]): [(d["output"], d["input"]) for d in each["data"]] for each in graph["edges"]}
assert eval(sys.argv[2]), json.dumps(graph, indent=1)' "$REPOSITORY/schemas/graph.schema.json" "$question" ||
    fail "not so: $question"
}
cat >p.yaml <<'END'
name: p
steps:
  a: {command: 'echo 1 > ${{outputs.x}}', outputs: {x: {type: uri_file}}}
  b: {command: "false", inputs: {i: "${{steps.a.outputs.x}}"}}
  c: {command: "true", depends_on: [b]}
END
expect_code 2 mlpipe graph p.yaml --status latest && expect_err "there are no runs in the workspace"
graph_is "graph['run_id'] is None and steps['a']['status'] is None" p.yaml
expect_code 1 mlpipe run p.yaml
expect_code 1 mlpipe run p.yaml
graph_is "[(s['status'], s['reused']) for s in graph['steps']] == [('Completed', True), ('Failed', False), ('Skipped', False)]" p.yaml --status latest
graph_is "graph['run_id'] and edges == {('a', 'b'): [('x', 'i')], ('b', 'c'): []}" p.yaml --status latest
expect_code 0 mlpipe graph p.yaml --status latest
grep -q "● .*a .*Reused$" out && grep -q "b .*Failed" out && expect_out "Skipped"
expect_code 0 mlpipe graph p.yaml --status latest -o g.svg
for word in Reused Failed Skipped; do grep -q ">$word" g.svg || fail "not in the SVG: $word"; done
expect_code 0 mlpipe graph p.yaml --status latest --format mermaid && expect_out ":::bad" && expect_out "classDef bad"

# The file changes: a step that is new is neutral, one that is gone is told; the run itself stays as it was.
sed -i 's/^  c: .*/  d: {command: "true", depends_on: [b]}/' p.yaml
expect_code 0 mlpipe graph p.yaml --status latest && expect_err "1 step that 'p.yaml' has not: c"
graph_is "steps['d']['status'] is None and steps['b']['status'] == 'Failed' and 'c' not in steps" p.yaml --status latest
graph_is "steps['c']['status'] == 'Skipped' and 'd' not in steps and ('b', 'c') in edges" --status latest
rm p.yaml
expect_code 0 mlpipe graph --status latest && expect_out "Failed" && expect_no_err "step"

# From elsewhere, the history is that of the file's workspace.
mkdir -p other && cd other
echo 'steps: {a: {command: "true"}}' >../q.yaml
expect_code 0 mlpipe graph ../q.yaml --status latest && expect_out "Reused" && cd ..
