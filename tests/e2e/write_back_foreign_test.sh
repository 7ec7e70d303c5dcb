#!/usr/bin/env bash
# path: what mlpipe did not put there, or what was edited since, is not overwritten, and the run says so.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
parameters: {n: 1}
outputs: {f: {type: uri_file, path: published/f.txt}}
steps:
  s: {command: "echo ${{parameters.n}} >${{outputs.f}}", outputs: {f: "${{parent.outputs.f}}"}}
END
mkdir published && echo mine >published/f.txt
expect_code 0 mlpipe run p.yaml
expect_file published/f.txt mine && expect_err "was not put there by mlpipe" && expect_err "published/f.txt"
expect_code 0 mlpipe run p.yaml && expect_executed ""
expect_file published/f.txt mine && expect_err "was not put there by mlpipe"

rm published/f.txt
expect_code 0 mlpipe run p.yaml && expect_file published/f.txt 1
echo edited >>published/f.txt
expect_code 0 mlpipe run p.yaml -p n=2
expect_file published/f.txt $'1\nedited' && expect_err "was edited since mlpipe put it there"
expect_out "; output 'f' was not copied: what is at '$work/published/f.txt' was edited since mlpipe put it there (run "
expect_code 0 mlpipe show && expect_out "$work/published/f.txt (not there: what is there was edited since mlpipe put it there)"
expect_equal "$(ask_run latest "[steps['s']['outputs'][0][key] for key in ('path', 'declared_path', 'place')]")" \
  "[None, '$work/published/f.txt', 'edited']"
expect_code 0 mlpipe run p.yaml -p n=2 && expect_executed "" && expect_out "output 'f' was not copied"
expect_code 0 mlpipe run p.yaml -p n=2 --json
expect_equal "$(tail -n 1 out | /usr/bin/python3 -c '
import json, sys
print([(n["step"], n["output"], n["path"]) for n in json.load(sys.stdin)["not_copied"]])')" "[('s', 'f', '$work/published/f.txt')]"
tail -n 1 out >event && cp event out && expect_schema run-events
expect_code 0 mlpipe report -o report.html
grep -q "f.txt (not there: what is there was edited" report.html || fail "the report does not say where the output is"
expect_code 0 mlpipe get latest s.f elsewhere && expect_file elsewhere/f.txt 2

rm published/f.txt && ln -s "$work/precious" published/f.txt && echo precious >precious
expect_code 0 mlpipe run p.yaml -p n=3
expect_file precious precious && expect_err "not copied"
rm published/f.txt && mkdir published/f.txt
expect_code 0 mlpipe run p.yaml -p n=4
[[ -d published/f.txt ]] || fail "a folder was replaced by a file"
expect_err "not copied"
