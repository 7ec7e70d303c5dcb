#!/usr/bin/env bash
# How far it is with what takes long to be sent or fetched: a line on a terminal, one at its end, an event for programs.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
printf 'Host a\n  ProxyCommand /usr/bin/python3 "%s/tests/support/slow_way.py" %%h %%p "%s/slow"\n' "$REPOSITORY" "$work" |
  cat - "$hosts/ssh_config" >with_slow_way
mv with_slow_way "$hosts/ssh_config"
touch slow
megabytes=60 # 3 s by that way
fresh() { dd if=/dev/urandom of="$1" bs=1M count=$megabytes status=none; }
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  s:
    compute_target: a
    inputs: {table: {type: uri_file, path: table.csv}}
    command: "cp ${{inputs.table}} ${{outputs.copy}}; echo ${{parameters.word}} >>${{outputs.copy}}"
    outputs: {copy: {type: uri_file, file_name: copy.csv}}
Y
fresh table.csv
expect_code 0 mlpipe run p.yaml
grep -qE "^  sent table.csv to a: 62.9 MB in [0-9]+\.[0-9] s \([0-9.]+ MB/s\)$" err || fail "it is not told what was sent: $(cat err)"
! grep -q "sending" err || fail "a line is drawn where there is no terminal"
expect_code 0 mlpipe get latest s.copy there
grep -qE "^fetched copy.csv from a: 62.9 MB in " err || fail "it is not told what was fetched: $(cat err)"
expect_code 0 mlpipe get latest s.copy again
[[ ! -s err ]] || fail "something is told of what is here: $(cat err)"

fresh table.csv
/usr/bin/python3 "$REPOSITORY/tests/e2e/on_terminal.py" 100 "$MLPIPE" run p.yaml >screen
grep -qE "  sending table.csv to a: [0-9.]+ MB of 62.9 MB \([1-9][0-9]?%\), [0-9.]+ MB/s" screen ||
  fail "the terminal does not show how far it is: $(cat -v screen)"
grep -qE "^.*  sent table.csv to a: 62.9 MB in " screen || fail "the terminal does not show what was sent"
/usr/bin/python3 "$REPOSITORY/tests/e2e/on_terminal.py" 100 "$MLPIPE" get latest s.copy terminal >screen
grep -qE "  fetching copy.csv from a: [0-9.]+ MB of 62.9 MB" screen || fail "get does not show how far it is: $(cat -v screen)"

# What is there already does not go, and does not count: a new word alone is nothing to tell of.
expect_code 0 mlpipe run p.yaml -p word=two
! grep -q "sen[dt]" err || fail "something is told of a transfer that did not take long: $(cat err)"

fresh table.csv
expect_code 0 mlpipe run p.yaml --json
/usr/bin/python3 -W ignore - "$REPOSITORY/schemas/run-events.schema.json" <<'P'
import json, sys
import jsonschema
events = [json.loads(line) for line in open("out")]
schema = json.load(open(sys.argv[1]))
for event in events:
    jsonschema.validate(event, schema)
(told,) = [event for event in events if event["event"] == "transfer"]
assert (told["compute_target"], told["direction"], told["what"], told["state"]) == ("a", "there", "table.csv", "finished"), told
assert told["bytes"] == told["of_bytes"] == 60 << 20 and 3 < told["seconds"] < 120, told
P
expect_code 0 mlpipe run -q p.yaml -p word=three
[[ ! -s err ]] || fail "-q tells more than what failed: $(cat err)"
