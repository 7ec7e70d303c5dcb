#!/usr/bin/env bash
# What every command prints with --json fits schemas/<command>.schema.json; a command without a schema is told.
. "$(dirname "$0")/history.sh"
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema"
schemas=$REPOSITORY/schemas

cat >check.py <<'END'
"""check.py SCHEMAS DOCUMENTS: each document is SCHEMA@COMMAND, or of run one a line."""
import json, pathlib, sys
import jsonschema
failed = False
for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
    name = path.name.split("@")[1]
    schema = json.loads(pathlib.Path(sys.argv[1], name + ".schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    text = path.read_text(encoding="utf-8")
    for part in text.splitlines() if name == "run-events" else [text]:
        for error in validator.iter_errors(json.loads(part)):
            print(f"{path.name}: {list(error.absolute_path)}: {error.message[:400]}")
            failed = True
sys.exit(failed)
END
mkdir documents
count=0
fits() {  # fits SCHEMA CODE command…: what it prints is to be checked in the end
  local schema=$1 code=$2
  shift 2
  expect_code "$code" mlpipe "$@" --json
  count=$((count + 1))
  cp out "documents/$count@$schema@$(tr ' /' '__' <<<"$*")"
}

# Every command that has --json has a schema.
schema_of() { if [[ $1 == run ]]; then echo run-events; else echo "$1"; fi; }
commands=$(mlpipe --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p')
[[ $(wc -w <<<"$commands") -gt 10 ]] || fail "the commands: $commands"
for command in $commands; do
  mlpipe "$command" --help | grep -q -- '--json' || continue
  [[ -f $schemas/$(schema_of "$command").schema.json ]] || fail "no schema for $command"
done
# Those of what is registered share theirs; registry_*_test.sh compare what they print.
asset_schema_of() { case $1 in list | archive | restore) echo assets ;; create | show) echo asset ;; *) echo "asset-$1" ;; esac; }
for kind in component data environment model; do
  inner=$(mlpipe "$kind" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p')
  [[ $(wc -w <<<"$inner") -ge 5 ]] || fail "the commands of $kind: $inner"
  for command in $inner; do
    mlpipe "$kind" "$command" --help | grep -q -- '--json' || fail "$kind $command has no --json"
    [[ -f $schemas/$(asset_schema_of "$command").schema.json ]] || fail "no schema for $kind $command"
  done
done

endpoint_schema_of() { case $1 in list) echo endpoints ;; show) echo endpoint ;; *) echo endpoint-change ;; esac; }
inner=$(mlpipe endpoint --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]\{1,\}\) .*/\1/p')
[[ $(wc -w <<<"$inner") -ge 9 ]] || fail "the commands of endpoint: $inner"
for command in $inner; do
  mlpipe endpoint "$command" --help | grep -q -- '--json' || fail "endpoint $command has no --json"
  [[ -f $schemas/$(endpoint_schema_of "$command").schema.json ]] || fail "no schema for endpoint $command"
done

schedule_schema_of() {
  case $1 in list) echo schedules ;; create | update | enable | disable | delete) echo schedule-change ;; uninstall) echo schedule-install ;; *) echo "schedule-$1" ;; esac
}
inner=$(mlpipe schedule --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]\{1,\}\) .*/\1/p')
[[ $(wc -w <<<"$inner") -ge 12 ]] || fail "the commands of schedule: $inner"
for command in $inner; do
  [[ $command != daemon ]] || continue
  mlpipe schedule "$command" --help | grep -q -- '--json' || fail "schedule $command has no --json"
  [[ -f $schemas/$(schedule_schema_of "$command").schema.json ]] || fail "no schema for schedule $command"
done

compute_schema_of() { case $1 in list) echo compute-targets ;; show) echo compute-target ;; *) echo "compute-$1" ;; esac; }
inner=$(mlpipe compute --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]\{1,\}\) .*/\1/p')
[[ $(wc -w <<<"$inner") -ge 3 ]] || fail "the commands of compute: $inner"
for command in $inner; do
  mlpipe compute "$command" --help | grep -q -- '--json' || fail "compute $command has no --json"
  [[ -f $schemas/$(compute_schema_of "$command").schema.json ]] || fail "no schema for compute $command"
done

training_pipeline >p.yaml
fits compute-targets 0 compute list
fits compute-target 0 compute show local
fits compute-test 0 compute test
fits validate 0 validate p.yaml
fits doctor 0 doctor
fits plan 0 plan p.yaml
fits why 0 why p.yaml
fits run-events 0 run p.yaml --tag t=1
first=$(newest)
printf '# more\n' >>src/train.sh
fits run-events 1 run p.yaml -p score=13
failed=$(newest)
expect_code 0 mlpipe run p.yaml -p score=90                       # train runs, report is reused
fits plan 0 plan p.yaml
fits plan 0 run --dry-run p.yaml
fits why 0 why p.yaml train
for run in "$first" "$failed" latest; do
  fits show 0 show "$run"
  fits show 0 show "$run" train
  fits show 0 show "$run" report
  fits why 0 why "$run"
  fits compare 0 compare "$run"
  fits diff 0 diff "$first" "$run"
done
fits runs 0 runs
fits runs 0 runs -n 1
fits runs 0 runs --until 2000-01-01
fits compare 0 compare
fits tag 0 tag latest x=1 y
fits pin 0 pin latest
fits get 0 get latest train.model dir
fits verify 0 verify --deep
fits verify 0 verify report
chmod -R u+w .mlpipe/objects && echo evil >>"$(find .mlpipe/objects -name page.txt)"
fits verify 3 verify
fits delete 0 delete "$first" --yes
fits show 0 show "$first"
fits runs 0 runs --deleted
fits du 0 du
for owner in pipeline step run; do fits du 0 du --by "$owner"; done
fits gc 0 gc --dry-run --older-than 0s
fits gc 0 gc --max-size 1kB
fits show 0 show latest
fits gc 0 gc

# While a run goes on.
echo 'steps: {waits: {command: "touch ../../started; sleep 1000"}}' >waits.yaml
"$MLPIPE" run waits.yaml --json >events 2>/dev/null &
driver=$!
background+=("$driver")
is_running() { [[ $(ask_run latest "run['pipeline'], run['status'], steps['waits']['status']") == "('waits', 'Running', 'Running')" ]]; }
wait_until 20 is_running
fits show 0 show latest
fits runs 0 runs
fits compare 0 compare
fits diff 0 diff "$failed" latest
fits cancel 0 cancel latest
wait "$driver" || true
cp events "documents/0@run-events@cancelled"
fits show 0 show latest

/usr/bin/python3 check.py "$schemas" documents || fail "documents do not fit their schemas"
[[ $count -gt 40 ]] || fail "only $count documents were checked"
