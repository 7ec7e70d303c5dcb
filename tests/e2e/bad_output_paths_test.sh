#!/usr/bin/env bash
# Two outputs never share a path, and none changes what is hashed.
. "$(dirname "$0")/faults.sh"

mkdir src
cat >bad.yaml <<'END'
steps:
  a: {command: "true", outputs: {o: {type: uri_file, path: out/x}}}
  b: {command: "true", outputs: {o: {type: uri_file, path: ./out/../out/x}}}
  c: {command: "true", outputs: {o: {type: uri_folder, path: out2}}}
  d: {command: "true", outputs: {o: {type: uri_file, path: out2/y}}}
  e: {command: "true", outputs: {o: {type: uri_folder, path: src}}, source_directory: src}
  f: {command: "true", outputs: {o: {type: uri_file, path: bad.yaml}}}
END
expect_problem 3:34 "'a.o' and 'b.o' both write '$work/out/x'"
expect_problem 5:34 "'d.o' writes '$work/out2/y', which lies inside what 'c.o' writes"
expect_problem 6:34 "'e.o' writes '$work/src', which would change the source directory"
expect_problem 7:34 "'f.o' writes '$work/bad.yaml', which would change the pipeline file"
