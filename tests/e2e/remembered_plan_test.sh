#!/usr/bin/env bash
# Of a plan, what still is as it was seen is not looked at again when something else has changed. Whatever a step's plan
# is made from, a change of it is seen all the same, also one that keeps size and times as well as it can.
. "$(dirname "$0")/changes.sh"
beside() {
  date +%N >>beside/z
  echo z
}

settle
all_changes

holding() { grep -rl --include=o "$1" .mlpipe/objects | head -1; }
lose() {  # lose FILE: an output of the store
  chmod -R u+w "${1%/*}" && rm "$1"
}
change="an output in the store" && lose "$(holding '^made')" && changed c
change="an output that another step needs" && file=$(holding "$(head -1 src/deep/x)") && lose "$file" && beside >/dev/null && run
[[ $(executed) == *z* && $(executed) == *[ab]* ]] || fail "after '$change': $(executed)"
settle

# Of what two steps go by both see a change.
sed -i 's|path: data.txt|path: src/deep/x|' p.yaml
settle
change="an input that is another step's source" && in_place src/deep/x && changed "a b"

# Results that were made anew meanwhile are the ones that count.
settle
run --regenerate-outputs
beside >/dev/null && run && expect_equal "$(executed)" "z"
newest_run=$(ask_run latest "steps['a']['reason']")
regenerated=$(mlpipe runs --json -n 3 | /usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["runs"][1]["run_id"])')
[[ $newest_run == *"$regenerated"* ]] || fail "$newest_run, and it was made anew by $regenerated"

# A file that was just written may change without telling: nothing is remembered of it.
settle
echo one >data2.txt && sed -i 's|path: src/deep/x|path: data2.txt|' p.yaml
run && in_place data2.txt && beside >/dev/null && run && expect_equal "$(executed)" "b z"
in_place data2.txt && beside >/dev/null && run && expect_equal "$(executed)" "b z"

# The rules that hold for sources hang on the folders around them, and where these really are.
change="a folder above becomes a link into another one, which has other rules"
mkdir -p above/in around && cp -r other above/in/other && echo x >above/in/other/k.x && echo '*.x' >around/.gitignore
sed -i 's|source_directory: other$|source_directory: above/in/other|; s|\[../extra\]|[../../../extra]|' p.yaml
settle
mv above/in around/in && ln -s ../around/in above/in && changed c

# Results have numbers: what is remembered is of this database, and of what it had then.
same_work() {  # each step's row has the result of just that work
  expect_equal "$(/usr/bin/python3 -c "import sqlite3
print(sqlite3.connect('.mlpipe/mlpipe.db').execute('SELECT count(*) FROM step_runs LEFT JOIN results ON results.key = result'
' WHERE result IS NOT NULL AND results.fingerprint IS NOT step_runs.fingerprint').fetchone()[0])")" 0 "rows with a result of other work"
}
settle
/usr/bin/python3 -c "import sqlite3
sqlite3.connect('.mlpipe/mlpipe.db').backup(sqlite3.connect('backup.db'))"
change="what the backup does not know" && in_place src/deep/x && changed "a b"
rm .mlpipe/mlpipe.db* && cp backup.db .mlpipe/mlpipe.db
cat >q.yaml <<'Y'
steps:
  q: {command: "echo other work >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  r: {command: "echo more of it >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
Y
expect_code 0 "$MLPIPE" run q.yaml
beside >/dev/null && run && expect_equal "$(executed)" "a b z" "steps after the backup was put back"
same_work
settle
mv .mlpipe/mlpipe.db away.db && rm -f .mlpipe/mlpipe.db-*
beside >/dev/null && run && expect_equal "$(executed)" "a b c z" "steps after the database was moved away"
same_work
expect_code 0 "$MLPIPE" doctor

# What is remembered is a cache: it may go, or be damaged.
settle
change="what is remembered is gone" && rm -r .mlpipe/cache/plans && changed ""
for file in .mlpipe/cache/plans/*; do printf x | dd of="$file" bs=1 seek=200 conv=notrunc status=none; done
change="what is remembered is damaged" && changed ""
