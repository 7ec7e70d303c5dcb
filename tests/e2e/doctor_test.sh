#!/usr/bin/env bash
# doctor looks at everything, says what to do about each trouble, and changes nothing.
. "$(dirname "$0")/history.sh"

level() {  # level NAME: the worst level among the checks of this name
  ask "max([('ok', 'warning', 'problem').index(c['level']) for c in d['checks'] if c['name'] == '$1'], default=-1)" doctor 2>/dev/null || true
}
ask() {  # also where the exit code is 3
  local question=$1
  shift
  { "$MLPIPE" "$@" --json || true; } | /usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$question"
}
expect_level() { expect_equal "$(level "$1")" "$2" "level of '$1' (0 ok, 1 warning, 2 problem)"; }
advised() { expect_out "$1"; expect_out "$2"; }
listing() { find . -mindepth 1 -printf '%p %y %m %s %T@ %C@\n' | grep -v '^\./\(out\|err\|before\|after\) ' | LC_ALL=C sort; }

# Without a workspace, and without anything in the environment but PATH.
expect_code 0 env -i PATH="$PATH" "$MLPIPE" doctor
expect_out "the current folder, since neither it nor one above holds mlpipe.yaml or .mlpipe"
expect_out "the first run makes"
[[ ! -e .mlpipe && ! -e .slots ]] || fail "doctor made something"
expect_code 0 mlpipe doctor --json
expect_schema doctor

training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml
sleep 0.1
listing >before
expect_code 0 mlpipe doctor
expect_out "the nearest folder that holds .mlpipe"
expect_out "sound, schema"
expect_out "files can be written and locked"
expect_out "0 problems"
expect_equal "$(level database)" 0 "level of 'database' of a workspace that has just had its first run"
listing >after
# The state directory's own date moves, since files are tried out in it.
diff <(grep -v '^\./\.mlpipe d' before) <(grep -v '^\./\.mlpipe d' after) || fail "doctor changed something"
mkdir deep && cd deep
expect_code 0 mlpipe doctor
expect_out "'$work', the nearest folder"
cd ..
expect_code 0 mlpipe doctor -C "$work"
expect_out "named by -C"

# Places of mlpipe.yaml.
cat >mlpipe.yaml <<'END'
compute_targets:
  big: {type: local, cpus: 100000, memory: 100000GB, gpus: [99]}
  far: {type: ssh, host: x}
  queue: {type: slurm}
environments:
  good: {type: system, python: /usr/bin/python3}
  gone: {type: system, python: /nonexistent/python3}
  bad: {type: system, python: /bin/true}
END
expect_code 3 mlpipe doctor
expect_out "it shares out 100000 cpus"
expect_out "there is no GPU 99"
expect_out "its type 'slurm' cannot be run here"
expect_out "on 'x': \`mlpipe compute test far\` looks at it"
expect_level "compute target far" 0
expect_level "environment good" 0
expect_level "environment gone" 2
expect_level "environment bad" 2
expect_out "/nonexistent/python3"
echo 'environments: {x: ' >mlpipe.yaml
expect_code 3 mlpipe doctor
expect_level "workspace file" 2
rm mlpipe.yaml

# Left-overs: a killed driver, quarantine, scratch.
echo "steps: {s: {command: 'touch $work/begun; sleep 1000'}}" >slow.yaml
"$MLPIPE" run slow.yaml >/dev/null 2>&1 &
driver=$!
background+=("$driver")
wait_until 20 test -e begun
expect_code 0 mlpipe doctor
expect_out "1 going on: "
expect_out "taken by runs of this user: 1 cpu"
expect_out "0 of failed or kept steps, 1 in use"
kill -KILL "$driver"
wait "$driver" 2>/dev/null || true
expect_code 0 mlpipe doctor
advised "killed or crashed before the end: " "nothing needs to be cleaned up"
expect_level runs 1
object=$(find .mlpipe/objects -path '*/content/model.bin')
chmod u+w "$object" && echo evil >"$object"
expect_code 3 mlpipe verify
expect_code 0 mlpipe doctor
advised "1 damaged object (" "removes them after a week"
mkdir .mlpipe/work/scratch/old .mlpipe/objects/strange
expect_code 0 mlpipe doctor
expect_out "1 folder of work that was interrupted"
expect_out "objects/strange' is no object"
expect_level quarantine 1

# Programs that are not there.
mkdir bin && ln -s "$(command -v python3)" bin/python3
expect_code 0 env PATH="$work/bin" "$MLPIPE" doctor
expect_out "not found in PATH: runs may not record the state of their repository"
expect_out "not found in PATH: no step in R can run"
printf '#!/bin/sh\nexit 1\n' >bin/git && chmod +x bin/git
expect_code 0 env PATH="$work/bin" "$MLPIPE" doctor
expect_out "does not say its version"

# Slots that are not ours, limits, files of tomorrow.
expect_code 3 env MLPIPE_SLOT_DIRECTORY="$work/p.yaml" "$MLPIPE" doctor
advised "is no folder of this user alone" "MLPIPE_SLOT_DIRECTORY"
(ulimit -n 64 -f 100000; expect_code 0 mlpipe doctor; expect_out "at most 64 files may be open"; expect_out "no file may be larger than")
touch -d tomorrow p.yaml
expect_code 0 mlpipe doctor
expect_out "p.yaml' is of the future"
touch p.yaml
chmod g+w .mlpipe
expect_code 0 mlpipe doctor
advised "others may write to the state directory" "chmod go-w"
chmod g-w .mlpipe

# The database: of the future, of a newer mlpipe, damaged, no database at all.
sql() { /usr/bin/python3 -c 'import sqlite3, sys; d = sqlite3.connect(".mlpipe/mlpipe.db"); d.execute(sys.argv[1]); d.commit()' "$1"; }
sql "UPDATE runs SET started = started + 864000000000 WHERE key = (SELECT max(key) FROM runs)"
expect_code 0 mlpipe doctor
expect_out "the clock was set back"
sql "DELETE FROM step_runs WHERE key = (SELECT min(key) FROM step_runs)"
expect_code 3 mlpipe doctor
expect_out "without its row in table step_runs"
sql "PRAGMA user_version = 99"
expect_code 3 mlpipe doctor
advised "a newer mlpipe wrote it (schema 99" "use the newer mlpipe"
rm -f .mlpipe/mlpipe.db-wal .mlpipe/mlpipe.db-shm
echo "no database" >.mlpipe/mlpipe.db
expect_code 3 mlpipe doctor
expect_level database 2
mlpipe doctor --json >out || true
expect_schema doctor
chmod -R u+w .mlpipe && rm -r .mlpipe/objects
expect_code 3 mlpipe doctor
expect_out "its folder 'objects' is missing"
