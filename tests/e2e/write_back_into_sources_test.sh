#!/usr/bin/env bash
# Folders that come into being for an output's `path:` among the sources rerun nothing.
. "$(dirname "$0")/lib.sh"
mkdir src && echo 'echo 1 >"$1/x"; ls -R . >&2' >src/a.sh
cat >p.yaml <<'END'
steps:
  a: {source_directory: src, script_name: a.sh, arguments: ["${{outputs.o}}"], outputs: {o: {path: src/results/new/o}}}
  b: {source_directory: src, command: "echo 2 >${{outputs.o}}", outputs: {o: {type: uri_file, path: "src/runs/${{name}}/o"}}}
END
expect_code 0 mlpipe run p.yaml && expect_executed "a b"
expect_file src/results/new/o/x 1
[[ -d src/runs ]] || fail "no copy for the run"
expect_code 0 mlpipe run p.yaml && expect_executed "" && expect_out "nothing to do"
rm -r src/results/new  # the output goes back, the folder stays
expect_code 0 mlpipe run p.yaml && expect_executed ""
expect_file src/results/new/o/x 1

# With something else in it, it is a source.
echo mine >src/results/notes
expect_code 0 mlpipe run p.yaml && expect_executed "a b"
expect_equal "$(ask_run latest "steps['a']['reason']")" "source directory changed: results/notes is new"

# A link among the sources that leads to the outputs' folder counts by its text: what is put there is no source.
mkdir -p linked/src/out && echo 'date +%N >"$1"' >linked/src/s.sh && ln -s out linked/src/latest
cat >linked/p.yaml <<'Y'
steps:
  s: {source_directory: src, command: 'bash s.sh ${{outputs.model}}', outputs: {model: {type: uri_file, path: src/out/model}}}
Y
expect_code 0 mlpipe run linked/p.yaml
expect_code 0 mlpipe run linked/p.yaml
expect_code 0 mlpipe run linked/p.yaml
expect_executed ""
