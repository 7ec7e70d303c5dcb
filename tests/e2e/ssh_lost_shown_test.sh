#!/usr/bin/env bash
# While the connection to a machine behind SSH is lost, all who look at the run are told so, with since when: `show`, `runs`, the
# live line of the terminal, programs. Once it is there again, or the driver is killed, nobody says so any more.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<Y
parameters: {word: one}
steps:
  there:
    compute_target: a
    command: "$(trace 'began-${{parameters.word}}'); $(until_go '${{parameters.word}}'); echo made >\${{outputs.o}}"
    outputs: {o: {type: uri_file}}
  here:
    command: "$(until_go '${{parameters.word}}'); echo made >\${{outputs.o}}"
    outputs: {o: {type: uri_file}}
Y
lost="the connection to compute target 'a' is lost since 20"
said() { ask_run latest "$1" >said && grep -qF "$lost" said; }
unsaid() { ask_run latest "$1" >said && ! grep -qF "lost" said; }
stop() { "$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a; }
again() { "$REPOSITORY/tests/support/sshd.sh" again "$hosts" a; }

/usr/bin/python3 "$REPOSITORY/tests/e2e/on_terminal.py" 160 "$MLPIPE" run p.yaml >screen &
terminal=$!
background+=("$terminal")
wait_until 30 has_trace began-one
stop
wait_until 30 said "run['message']"
wait_until 30 said "steps['there']['message']"
expect_equal "$(ask_run latest "run['status'], steps['there']['status'], steps['here']['message']")" "('Running', 'Running', '')" "the run and its steps"
expect_code 0 mlpipe show latest
grep -qE "^status +Running: $lost.*; trying again$" out || fail "show does not say it of the run: $(cat out)"
tr '\n' ' ' <out | tr -s ' ' | grep -qE "there Running .* the connection to compute target" || fail "show does not say it of the step: $(cat out)"
COLUMNS=200 expect_code 0 mlpipe runs
expect_out "$lost"
expect_code 0 mlpipe show latest --json
expect_schema show
expect_code 0 mlpipe runs --json
expect_schema runs
again
wait_until 60 unsaid "run['message'], steps['there']['message']"
expect_code 0 mlpipe runs
! grep -qF lost out || fail "runs says it still: $(cat out)"
go one
wait "$terminal" || fail "the run did not end well: $(cat -v screen)"
grep -qE "^.*  there .* $lost" screen || fail "the live line does not say it: $(cat -v screen)"

# For programs: the step is told once more, with it and then without.
start second run p.yaml -p word=two --json
wait_until 30 has_trace began-two
stop
wait_until 30 grep -qF "$lost" second.out
again
wait_until 60 grep -q "connected again" second.out
go two
expect_end 0 "$driver"
/usr/bin/python3 - <<'P'
import json
told = [e for e in map(json.loads, open("second.out")) if e["event"] == "step_changed" and e["step"] == "there" and e["status"] == "Running"]
assert ["lost" in e.get("message", "") for e in told] == [False, True, False], told
P

# The driver is killed while the connection is lost: nobody tries it again.
start third run p.yaml -p word=three
wait_until 30 has_trace began-three
stop
wait_until 30 said "steps['there']['message']"
kill -KILL "$driver"
wait "$driver" || true
expect_equal "$(ask_run latest "run['status']")" NotResponding "the status of a killed run"
unsaid "run['message'], steps['there']['message']" || fail "a run without a driver tries a connection again: $(cat said)"
again
