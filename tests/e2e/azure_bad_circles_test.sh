#!/usr/bin/env bash
# Files that use each other in a circle, steps that do, and aliases that double without end.
. "$(dirname "$0")/faults.sh"
cat >other.yml <<'END'
type: pipeline
jobs: {y: {component: ./bad.yaml}}
END
cat >bad.yaml <<'END'
type: pipeline
jobs: {x: {component: ./other.yml}}
END
expect_code 2 mlpipe validate bad.yaml
expect_err "other.yml:2:23: error: the component files use each other in a circle: $work/bad.yaml -> $work/other.yml -> $work/bad.yaml"
echo 'component: ./bad.yaml' >bad.yaml
expect_problem 1:12 "the component files use each other in a circle: $work/bad.yaml -> $work/bad.yaml"

# Through a nested pipeline.
cat >nested.yml <<'END'
type: pipeline
inputs: {i: {type: uri_folder}}
outputs: {o: {type: uri_folder}}
jobs:
  x: {command: "true", inputs: {i: "${{parent.inputs.i}}"}, outputs: {o: "${{parent.outputs.o}}"}}
END
cat >bad.yaml <<'END'
jobs:
  a: {component: ./nested.yml, inputs: {i: "${{parent.jobs.b.outputs.o}}"}}
  b: {command: "true", inputs: {i: "${{parent.jobs.a.outputs.o}}"}, outputs: {o: }}
END
expect_code 2 mlpipe validate bad.yaml
expect_err "error: the steps form a cycle, each needs the next: "
expect_err "a/x"

{
  printf 'type: pipeline\njobs: {a: {command: date}}\nproperties:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
  for i in {1..12}; do echo "  a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"; done
} >bad.yaml
expect_problem 9:47 "the aliases of this file expand to more than a million values"
{
  printf 'type: pipeline\nproperties:\n  c0: &c0 {command: date}\n'
  for i in {1..30}; do echo "  c$i: &c$i {jobs: {a: {component: *c$((i - 1))}, b: {component: *c$((i - 1))}}}"; done
  echo 'jobs: {a: {component: *c30}}'
} >bad.yaml
expect_problem 20:36 "the aliases of this file expand to more than a million values"
