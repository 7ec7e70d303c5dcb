#!/usr/bin/env bash
# A database that another program holds for a while is waited for.
. "$(dirname "$0")/faults.sh"

one_step 'echo 1 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
/usr/bin/python3 - <<'END' &
import os, sqlite3, time
database = sqlite3.connect(".mlpipe/mlpipe.db", isolation_level=None)
database.execute("BEGIN IMMEDIATE")
open("held", "w").close()
while not os.path.exists("let-go"): time.sleep(0.01)
database.execute("COMMIT")
END
background+=($!)
wait_until 10 test -e held
expect_code 0 mlpipe runs  # readers never wait
{ mlpipe run p.yaml --regenerate-outputs >run.out 2>run.err; echo $? >run.code; } &
background+=($!)
waits() { pid=$(pgrep -f "run p.yaml --regenerate-outputs" | head -1) && grep -q "mlpipe.db-shm" "/proc/$pid/maps"; }
wait_until 10 waits
[[ ! -e run.code ]] || fail "it did not wait"
touch let-go
wait_until 30 test -s run.code
expect_file run.code 0
expect_executed make
expect_sound_database
