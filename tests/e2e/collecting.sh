#!/usr/bin/env bash
# Sourced instead of lib.sh by tests of gc and du: pipelines whose outputs have a size, and looks at what is left.
. "$(dirname "${BASH_SOURCE[0]}")/history.sh"

# A step that makes one file of so many blocks of 4 kB, in which only its name and salt count.
sized_step() {  # sized_step NAME BLOCKS [SALT] ['other lines']
  printf '  %s:\n    outputs: {out: {type: uri_file}}\n' "$1"
  printf '    command: "yes %s%s | head -c %s >${{outputs.out}}; echo made %s"\n' "$1" "${3:-}" "$(($2 * 4096))" "$1"
}

objects() { find .mlpipe/objects -mindepth 2 -maxdepth 2 | wc -l; }
# What the objects take on disk, in bytes.
store_bytes() { find .mlpipe/objects -mindepth 2 -printf '%b %D:%i\n' | sort -u -k2 | awk '{ sum += $1 * 512 } END { print sum + 0 }'; }

# Every result that says it has its outputs has them; the database is sound; nothing is put away.
expect_whole_store() {
  /usr/bin/python3 - .mlpipe <<'PY' || fail "the store is not whole"
import os, sqlite3, sys
state = sys.argv[1]
database = sqlite3.connect(state + "/mlpipe.db")
assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
lost = [(key, name) for key, name, id in database.execute(
    "SELECT result, name, hex(object) FROM outputs JOIN results ON results.key = result WHERE collected = 0")
    if not os.path.isdir(f"{state}/objects/{id[:2].lower()}/{id.lower()}/content")]
assert not lost, f"results without their outputs: {lost}"
left = [name for name in os.listdir(state + "/trash")]
assert not left, f"put away: {left}"
PY
}

# Set all times of a run back by so many days, as if it were that old.
make_older() {  # make_older RUN DAYS
  /usr/bin/python3 - .mlpipe/mlpipe.db "$1" "$2" <<'PY'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
back = int(sys.argv[3]) * 86400 * 1000000
run = database.execute("SELECT key FROM runs WHERE id = ?", (sys.argv[2],)).fetchone()[0]
for sql in ("UPDATE runs SET started = started - :b, finished = finished - :b WHERE key = :r",
            "UPDATE step_runs SET started = started - :b, finished = finished - :b WHERE run = :r",
            "UPDATE results SET made = made - :b WHERE producer IN (SELECT key FROM step_runs WHERE run = :r)"):
    database.execute(sql, {"b": back, "r": run})
database.commit()
PY
}
# Say how long results took to make.
set_durations() {  # set_durations a=1.5 b=20
  /usr/bin/python3 - .mlpipe/mlpipe.db "$@" <<'PY'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for word in sys.argv[2:]:
    step, seconds = word.split("=")
    database.execute("UPDATE results SET duration_micros = ? WHERE producer IN (SELECT key FROM step_runs WHERE step = ?)",
                     (int(float(seconds) * 1e6), step))
database.commit()
PY
}
gone() { ask "' '.join(sorted(r['step'] for r in d['results']))" gc "$@"; }  # the steps whose results go
