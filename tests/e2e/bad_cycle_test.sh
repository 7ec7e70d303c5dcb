#!/usr/bin/env bash
# A cycle is told edge by edge, with the places where it is tied.
. "$(dirname "$0")/faults.sh"

cat >bad.yaml <<'END'
steps:
  a: {command: "true", outputs: {o: {type: uri_file}}, inputs: {x: "${{steps.c.outputs.o}}"}}
  b: {command: "true", outputs: {o: {type: uri_file}}, inputs: {x: "${{steps.a.outputs.o}}"}}
  c: {command: "true", outputs: {o: {type: uri_file}}, inputs: {x: "${{steps.b.outputs.o}}"}}
  d: {command: "true", depends_on: [d]}
END
expect_problem 2:68 "the steps form a cycle, each needs the next: a -> c -> b -> a"
expect_err "'a' needs 'c.o'"
expect_err "bad.yaml:2:68"
expect_problem 5:3 "the steps form a cycle, each needs the next: d -> d"
