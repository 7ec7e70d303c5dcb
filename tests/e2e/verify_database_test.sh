#!/usr/bin/env bash
# verify tells what is wrong with the database: rows that are missing, a manifest that was changed, a file that is damaged.
. "$(dirname "$0")/history.sh"

training_pipeline >p.yaml
expect_code 0 mlpipe run p.yaml
sql() {
  /usr/bin/python3 -c '
import sqlite3, sys
database = sqlite3.connect(".mlpipe/mlpipe.db")
database.execute(sys.argv[1])
database.commit()' "$1"
}
whole() { expect_equal "$(ask "d['whole'], len(d['spoilt']), len(d['results']), len(d['database'])" verify)" "(True, 0, 0, 0)"; }
whole
# A row that only says what an object looks like: found again.
sql "DELETE FROM objects"
expect_equal "$(ask "d['whole'], d['recorded_anew'] > 1" verify)" "(True, True)"
whole
expect_code 0 mlpipe run p.yaml
expect_executed ""

# An output's row is lost: no run takes the result, whether verify has looked or not.
sql "DELETE FROM outputs WHERE name = 'model'"
expect_code 0 mlpipe why p.yaml train
expect_out "output 'model' of its earlier run"
expect_code 0 mlpipe run p.yaml
expect_executed train
sql "DELETE FROM outputs WHERE name = 'model'"
expect_code 3 mlpipe verify
expect_out "its output 'model' is not recorded"
expect_out "1 result will not be reused"
expect_code 0 mlpipe run p.yaml
expect_executed train
whole

for change in "manifest = x'00'" "manifest = substr(manifest, 1, 30)" "fingerprint = zeroblob(16)"; do
  sql "UPDATE results SET $change WHERE key = (SELECT max(key) FROM results WHERE offered = 1)"
  expect_code 3 mlpipe verify
  expect_out "the record of step"
  expect_code 0 mlpipe run p.yaml
  whole
done
# The row of the step run that made it.
sql "DELETE FROM step_runs WHERE key = (SELECT producer FROM results WHERE offered = 1 LIMIT 1)"
expect_code 3 mlpipe verify
expect_out "database: "
expect_out "the run that made it is not recorded"
expect_code 0 mlpipe run p.yaml

# A page of the file.
printf 'XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' | dd of=.mlpipe/mlpipe.db bs=1 seek=8200 conv=notrunc status=none
expect_code 3 mlpipe verify
expect_code 3 mlpipe doctor
expect_out "database"
