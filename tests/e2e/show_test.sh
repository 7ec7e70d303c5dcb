#!/usr/bin/env bash
# A run is found by its id, a unique prefix or `latest`; unknown and ambiguous ones are told; runs lists the newest first.
. "$(dirname "$0")/lib.sh"
echo 'steps: {a: {command: "true"}, b: {command: "false", depends_on: [a]}, c: {command: "true", depends_on: [b]}}' >p.yaml
expect_code 2 mlpipe show && expect_err "there are no runs in the workspace"
expect_code 2 mlpipe runs && [[ ! -e .mlpipe ]]
expect_code 1 mlpipe run p.yaml --tag first
id() { mlpipe runs --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][int(sys.argv[1])]["run_id"])' "$1"; }
first=$(id 0)
for _ in {1..40}; do mlpipe run p.yaml --until a >/dev/null 2>&1; done
expect_equal "$(mlpipe runs -n 100 --json | grep -c '"run_id"')" 41
expect_equal "$(id 19)$(mlpipe runs | wc -l)" "$(mlpipe runs -n 100 | sed -n 21p | cut -d' ' -f1)21" "the default is 20 below a head, newest first"
expect_equal "$(id 0)" "$(ask_run latest "run['run_id']")" "latest"
expect_code 0 mlpipe runs -n 100
tail -1 "$work/out" | grep -q "^$first .*Failed.*first" || fail "the last row: $(tail -1 out)"

expect_code 0 mlpipe show "$first" && expect_out "status      Failed" && expect_out "exit code 1"
expect_equal "$(ask_run "${first:0:8}" "run['run_id']")" "$first" "by a prefix"
# 41 ids, 31 letters at most: two begin alike.
letter=$(mlpipe runs -n 100 | tail -n +2 | cut -c1 | sort | uniq -d | head -1)
expect_code 2 mlpipe show "$letter" && expect_err "beginning of several run ids" && expect_err "$(mlpipe runs -n 100 | grep "^$letter" | head -1 | cut -d' ' -f1)"
expect_code 2 mlpipe show nosuchrun && expect_err "there is no run 'nosuchrun'"
expect_equal "$(ask_run "$first" "[(s['step'], s['status']) for s in run['steps']]")" "[('a', 'Completed'), ('b', 'Failed'), ('c', 'Skipped')]"
expect_equal "$(ask_run "$first" "steps['b']['attempts'][0]['exit_code'], steps['b']['message']")" "(1, 'exit code 1')"

# How long a run took is one figure: its last line's, and what is shown of it. Of one that reused all, too.
for arguments in --regenerate-outputs "" ""; do
  mlpipe run p.yaml --until a ${arguments:+"$arguments"} >told 2>/dev/null
  took=$(sed -n 's/^Completed in \([^:]*\):.*/\1/p' told)
  [[ -n $took ]] || fail "the last line is not understood: $(cat told)"
  expect_code 0 mlpipe show latest
  expect_out ", took $took"
done
