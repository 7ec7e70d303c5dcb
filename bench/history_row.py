"""The row of a long history: the newest runs of very many."""
import os, sqlite3

from measure import check, read, rounds, say, timed
from tools import remove
from writers import write

STEPS = 10
GOAL = 0.020
SHOWN = 20
A_MINUTE = 60_000_000  # microseconds between two runs


def copy_rows(database, table, changed, count):
    """So many copies of each row of `table`; `changed` gives some columns as SQL, in which n is the copy's number."""
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(name, f'old."{name}"') for name in columns)
    database.execute(f"""
        WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {count})
        INSERT INTO {table} SELECT {values} FROM copies, (SELECT * FROM {table}) AS old""")


def fill(path, count):
    """One real run, of steps that were executed, is copied. Its copies share the one result of each step."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    (highest_step,) = database.execute("SELECT max(key) FROM step_runs").fetchone()
    later = f"n * {A_MINUTE}"
    of_run = {"run": "old.run + n"}
    of_step = {"step_run": f"old.step_run + n * {highest_step}", "started": f"old.started + {later}",
               "finished": f"old.finished + {later}"}
    copy_rows(database, "runs", {"key": "old.key + n", "id": "printf('r%09d', n)", "started": f"old.started + {later}",
                                 "finished": f"old.finished + {later}"}, count)
    for table in ("run_tags", "run_properties", "run_parameters", "run_sources"):
        copy_rows(database, table, of_run, count)
    copy_rows(database, "step_runs", {"key": f"old.key + n * {highest_step}", "run": "old.run + n",
                                      "started": f"old.started + {later}", "finished": f"old.finished + {later}"}, count)
    for table in ("attempts", "metrics"):
        copy_rows(database, table, of_step, count)
    database.commit()
    told = database.execute("SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM step_runs)").fetchone()
    database.close()
    return told


def write_pipeline(folder):
    lines = ["name: history", "parameters: {rate: 0.1}", "steps:"]
    for i in range(STEPS):
        lines.append(f"  s{i}: {{command: 'echo {i} ${{{{parameters.rate}}}} >\"${{{{outputs.made}}}}\"; "
                     "echo ''{\"name\": \"loss\", \"value\": 0.5}'' >>\"$MLPIPE_METRICS\"', outputs: {made: {type: uri_file}}}")
    write(f"{folder}/pipeline.yaml", "\n".join(lines) + "\n")
    write(f"{folder}/mlpipe.yaml", "compute_targets:\n  local: {type: local}\n")


def measure(bench, row, count):
    work = f"{bench.work}/{row}"
    folder, log = f"{work}/w", f"{work}/log"
    remove(work)
    os.makedirs(folder)
    write_pipeline(folder)
    timed([bench.mlpipe, "run", "--tag", "nightly", "pipeline.yaml"], folder, log)
    say(f"{row}: writing {count} runs into the database")
    told = fill(f"{folder}/.mlpipe/mlpipe.db", count - 1)
    check(told == (count, count * STEPS), f"{row}: {told} runs and steps in the database")
    times = []
    timed([bench.mlpipe, "runs"], folder, log)  # the database is in memory from here on
    for _ in rounds(2 * bench.rounds):
        times.append(timed([bench.mlpipe, "runs"], folder, log))
    shown = [line.split()[0] for line in read(log).splitlines() if line.startswith("r0")]
    newest = [f"r{count - 1 - i:09d}" for i in range(SHOWN)]
    check(shown == newest, f"{row}: 'mlpipe runs' lists {shown}, not {newest}")
    size = os.path.getsize(f"{folder}/.mlpipe/mlpipe.db")
    bench.results.add(row, times, most=GOAL, note=f"{SHOWN} of {count} runs, database of {size / 2**20:.0f} MB")
    remove(work)
