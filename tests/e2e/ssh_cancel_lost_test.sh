#!/usr/bin/env bash
# Ctrl-C while the connection to a machine behind SSH is lost lets go at once, and does not pass the step there for ended: it
# says what may still run where. The order to end is given by `mlpipe cancel`, or by the next run that works there, unless that
# takes the step up.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<Y
parameters: {word: one}
steps:
  there:
    compute_target: a
    command: "trap '$(trace 'ended-${{parameters.word}}'); exit 1' TERM; $(trace 'began-${{parameters.word}}'); $(until_go '${{parameters.word}}'); echo \${{parameters.word}} >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
sshd() { "$REPOSITORY/tests/support/sshd.sh" "$1" "$hosts" a; }
newest() { "$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])'; }
cancel_while_away() {  # cancel_while_away NAME WORD [OPTION…]: $canceled is the run
  local name=$1 word=$2
  shift 2
  start "$name" run p.yaml -p word="$word" "$@"
  wait_until 30 has_trace "began-$word"
  sshd stop
  if [[ $name != json ]]; then wait_until 30 grep -q "the connection is lost" "$name.err"; else wait_until 30 grep -q "the connection is lost" "$name.out"; fi
  kill -INT "$driver"
  expect_end 130 "$driver"
  canceled=$(newest)
}
cancel_while_away first one
grep -qx "step 'there' may still run on compute target 'a'" first.err || fail "it does not say what is left: $(cat first.err)"
grep -qF "the order to end it did not get through: the next run that works on that machine gives it, or takes the step up if it needs the same work; \`mlpipe cancel $canceled\` gives it" first.err ||
  fail "it does not say what becomes of it: $(cat first.err)"
grep -q "Canceled  *on a: lost: connection refused: nothing listens on port " first.err || fail "the step is not told as canceled: $(cat first.err)"
expect_equal "$(ask_run "$canceled" "run['status'], steps['there']['status'], steps['there']['may_still_run_on']")" "('Canceled', 'Canceled', 'a')" "what is known of it"
COLUMNS=400 expect_code 0 mlpipe show "$canceled"
expect_out "may still run on compute target 'a': the order to end it did not get through"
expect_traces "began-one"

# `cancel` says when it cannot, and does when it can.
expect_code 3 timeout -k 2 60 "$MLPIPE" cancel "$canceled"
expect_err "what run $canceled left on another machine could not be ended, so it stays Canceled: compute target 'a': connection refused: nothing listens on port "
sshd again
expect_code 0 mlpipe cancel "$canceled"
expect_out "step 'there' was ended on compute target 'a'"
wait_until 30 no_steps_on a
expect_traces "began-one ended-one"
expect_equal "$(ask_run "$canceled" "steps['there']['status'], steps['there']['may_still_run_on']")" "('Canceled', None)" "what is known of it"

# The next run that works there gives the order, and says so; one that does not says what is left.
cancel_while_away second two
echo "steps: {here: {command: 'true'}}" >here.yaml
expect_code 0 mlpipe run here.yaml
expect_err "step 'there' of run $canceled, which was canceled while compute target 'a' could not be reached, may still run there"
sshd again
go three
expect_code 0 mlpipe run p.yaml -p word=three
expect_err "step 'there' of run $canceled, which was canceled while compute target 'a' could not be reached, still ran there: it was ended now"
wait_until 30 no_steps_on a
expect_traces "began-one began-three began-two ended-one ended-two"
expect_equal "$(ask_run "$canceled" "steps['there']['may_still_run_on']")" None "where it may still run"

# One that needs the same work takes it up instead.
cancel_while_away json four --json
python3 - "$REPOSITORY/schemas/run-events.schema.json" <<'PY'
import json, sys
event = [json.loads(line) for line in open("json.out")][-1]
assert event["event"] == "run_finished" and event["status"] == "Canceled", event
assert event["left_running"] == [{"step": "there", "compute_target": "a"}], event
assert "left_running" in json.dumps(json.load(open(sys.argv[1])))
PY
sshd again
start again run p.yaml -p word=four
wait_until 30 grep -q "is gone on with" again.err
go four
expect_end 0 "$driver"
expect_file result four
expect_traces "began-four began-one began-three began-two ended-one ended-two"
expect_equal "$(ask_run "$canceled" "steps['there']['status'], steps['there']['may_still_run_on']")" "('Canceled', None)" "what is known of it"
