#!/usr/bin/env python3
"""What commands write, replayed up to every instant, with all that a power cut may take away.

  durability_test.py --mlpipe BIN [--instants 40] [--seed N] [--only INSTANT:WAY]

A life is recorded by strace: two runs of a small pipeline, the second with another parameter, which replaces what lies
at `path:`, and is pinned; then `publish`, `schedule create`, `submit`, whose run goes on in the background, `delete`
of the first run, and `gc` of all that is not pinned. recorded_disk.py says what is modelled, and what is not. From what
it may have left on the disk at an instant, this must hold:
  * the database is whole;
  * each result that it offers has its objects, and what is in them is whole; but objects that gc took may be gone from
    the disk before the record of it is there, not those of the pinned run, nor those of what was published;
  * of what `pin`, `publish`, `schedule create`, `submit` and `delete` said, all is there;
  * to submit again with the same idempotency key gives the same run, which completes unless it had begun;
  * the next runs complete, with the outputs and the copies at `path:` that an undisturbed run makes and nothing beside
    them (after a kill: see SETTLED), and the one after each has nothing to do.
--instants 0 takes all of them. The moments after these commands have spoken are always among
them. --only submit+17:torn replays one; no recording is just like another one, so look around it, too."""
import argparse
import contextlib
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import oracle
import recorded_disk
from processes import processes_of
from seed import default_seed
from world import Wrong

WAYS = ("kept", "dropped", "latest", "torn", "strict")
# The ways after which nothing of an unfinished copy may lie beside a `path:` when the next run has ended. Not "strict":
# there even a finished copy may have no name but that of an unfinished one.
SETTLED = ("kept", "dropped", "latest", "torn")
MAKE = """\
echo "made from $(cat "$1") with $4" > "$2"
mkdir -p "$3/deep" "$3/empty"
for i in 1 2 3; do echo "$i of $(cat "$1") with $4" > "$3/deep/$i"; done
ln -s deep/1 "$3/link"; chmod +x "$3/deep/2"
"""
PIPELINE = """\
parameters: {v: 1}
steps:
  a:
    source_directory: src
    script_name: make.sh
    arguments: ["${{inputs.d}}", "${{outputs.f}}", "${{outputs.g}}", "${{parameters.v}}"]
    inputs: {d: {type: uri_file, path: data.txt}}
    outputs: {f: {type: uri_file, path: ./published}, g: {type: uri_folder, path: ./folder}}
  b:
    command: "cat ${{inputs.f}} ${{inputs.g}}/deep/* > ${{outputs.o}}"
    inputs: {f: "${{steps.a.outputs.f}}", g: "${{steps.a.outputs.g}}"}
    outputs: {o: {type: uri_file, path: ./report}}
"""
PUBLISHED = ("published", "folder", "report")
SUBMIT = ("submit", "e", "-p", "v=3", "--idempotency-key", "k")
PATIENCE = 120  # seconds for what goes on in the background; it takes a fraction of one


class Place:
    def __init__(self, mlpipe):
        self.mlpipe = os.path.abspath(mlpipe)
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mlpipe-durability-", dir=memory)).resolve()
        self.root = self.folder / "workspace"
        self.root.mkdir()
        (self.root / "src").mkdir()
        (self.root / "src/make.sh").write_text(MAKE)
        (self.root / "data.txt").write_text("data\n")
        (self.root / "p.yaml").write_text(PIPELINE)
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder),
                            "MLPIPE_SLOT_DIRECTORY": str(self.folder / "slots"),
                            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        self.began, self.told = {}, {}  # of a recorded command: when it began, and when it had said what it did
        self.objects = {}  # all that there ever were
        self.copies = {}  # of each value
        self.way = ""  # of the state that is looked at
        self.left = 0  # what lay beside the copies where that is not counted as wrong
        self.taken = 0  # objects that gc had taken, and a result still referred to

    def command(self, *words, before=()):
        # Under strace LeakSanitizer gives up; runs that are not recorded look for leaks as ever.
        leaks = {"ASAN_OPTIONS": "detect_leaks=0"} if before else {}
        done = subprocess.run([*before, self.mlpipe, *words], cwd=self.root, env=self.environment | leaks,
                              timeout=PATIENCE, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong(f"exit code {done.returncode} of {' '.join(words)}\n{done.stdout}{done.stderr}")
        return done

    # --- recording -------------------------------------------------------------------------------

    def record(self):
        """The disk with all that happened; and what must be."""
        disk = recorded_disk.RecordedDisk(self.root, lambda path: path.endswith("mlpipe.db-shm"))
        run_id = re.compile(r"\(run (\w+)\)")
        self.first = run_id.search(self.recorded(disk, "first", "run", "p.yaml", "-p", "v=1"))[1]
        self.keep_copies(1)
        self.pinned = run_id.search(self.recorded(disk, "second", "run", "p.yaml", "-p", "v=2"))[1]
        self.keep_copies(2)
        with self.database_in_use():
            self.recorded(disk, "pin", "pin", self.pinned)
            self.recorded(disk, "publish", "publish", "p.yaml", "--endpoint", "e")
            self.recorded(disk, "schedule", "schedule", "create", "s", "--endpoint", "e", "--every", "1d")
            self.submitted = self.recorded(disk, "submit", *SUBMIT).strip()
            self.recorded(disk, "delete", "delete", self.first, "--yes")
        self.keep_copies(3)
        before = len(self.stored())
        self.recorded(disk, "gc", "gc", "--older-than", "0s")
        if len(self.stored()) >= before:
            raise Wrong("gc took no object: nothing is learned of it")
        self.check_model(disk)
        return disk

    @contextlib.contextmanager
    def database_in_use(self):
        """As by a run that goes on: else each command is the last to close the database, which flushes it."""
        database = sqlite3.connect(f"file:{self.root}/.mlpipe/mlpipe.db?mode=ro", uri=True)
        try:
            database.execute("SELECT count(*) FROM runs").fetchall()
            yield
        finally:
            database.close()

    def recorded(self, disk, name, *words):
        """What it said."""
        self.began[name] = disk.now
        trace = self.folder / "trace"
        done = self.command(*words, before=[*recorded_disk.STRACE, "-o", str(trace)])
        with trace.open() as lines:
            disk.follow(line.rstrip("\n") for line in lines)
        self.told[name] = min(when for when in disk.said if when >= self.began[name])
        self.objects |= self.stored()
        return done.stdout

    def stored(self):
        return {path.name: oracle.tree_of(path / "content") for path in (self.root / ".mlpipe/objects").glob("*/*")}

    def keep_copies(self, value):
        self.copies[value] = {name: oracle.tree_of(self.root / name) for name in PUBLISHED}

    def check_model(self, disk):
        model = disk.after(disk.now, "kept", recorded_disk.random_for(0, 0, ""))
        self.root.rename(self.folder / "real")
        recorded_disk.write_tree(model, self.root)
        (self.folder / "real/.mlpipe/mlpipe.db-shm").unlink(missing_ok=True)
        if oracle.tree_of(self.root) != oracle.tree_of(self.folder / "real"):
            raise Wrong("the recording does not give what is there: the model of the disk misses something")

    # --- what must hold --------------------------------------------------------------------------

    def check(self, frozen, instant, way):
        self.way = way
        recorded_disk.remove_tree(self.root)
        recorded_disk.write_tree(frozen, self.root)
        self.check_record(instant)
        values = [2]
        if instant > self.told["publish"]:
            values = [3]  # as the one in the background: neither takes the other's copies away
            status = self.status_of(self.submitted)
            run = self.submit_again(instant)
            self.check_run(3)
            self.wait_for_no_process()  # the run may have started one that waited
            self.check_submitted(run, status)
        if instant > self.began["delete"]:
            values += [1, 2]
        for value in values:
            self.check_run(value)
        self.check_record(instant)

    def check_run(self, value):
        words = ("p.yaml", "-p", f"v={value}")
        done = self.command("run", *words)
        for name, expected in self.copies[value].items():
            if (got := oracle.tree_of(self.root / name)) != expected:
                raise Wrong(f"{name} holds {got}, expected {expected}\n{done.stdout}{done.stderr}")
        left = [name for name in os.listdir(self.root) if name.startswith(".mlpipe-")]
        if left and self.way in SETTLED:
            raise Wrong(f"left beside the copies at path: {left}")
        self.left = max(self.left, len(left))
        self.command("plan", "--check", *words)  # fails if there is something to do

    def submit_again(self, instant):
        """The run that it gives, ended."""
        run = self.command(*SUBMIT).stdout.strip()
        if instant > self.told["submit"] and run != self.submitted:
            raise Wrong(f"a submit with the key of run {self.submitted} gave run {run}")
        self.wait_for_no_process()
        return run

    def wait_for_no_process(self):
        begin = time.monotonic()
        while left := processes_of(self.root):
            if time.monotonic() - begin > PATIENCE:
                raise Wrong("these do not end:\n  " + "\n  ".join(left))
            time.sleep(0.005)

    def status_of(self, run):
        with Looked(self) as database:
            row = database.execute("SELECT status FROM runs WHERE id = ?", (run,)).fetchone()
        return row and row[0]

    def check_submitted(self, run, status_before):
        with Looked(self) as database:
            runs = database.execute("SELECT id FROM submissions JOIN runs ON runs.key = run").fetchall()
            unfinished = database.execute("SELECT id, status FROM runs WHERE finished = 0").fetchall()
        if runs != [(run,)] or unfinished:
            raise Wrong(f"run {run} was promised; promised are {runs}, not ended {unfinished}")
        status = self.status_of(run)
        had_begun = run == self.submitted and status_before not in (None, "Queued")
        if status != "Completed" and not (had_begun and status == "NotResponding"):
            raise Wrong(f"run {run}, which was {status_before}, is {status}")

    def check_record(self, instant):
        if not (self.root / ".mlpipe/mlpipe.db").exists():
            if instant > self.told["publish"]:
                raise Wrong("there is no database")
            return
        with Looked(self) as database:
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
            if "endpoints" not in tables:
                if instant > self.told["publish"]:
                    raise Wrong("what was published is not there")
                return
            kept = objects_of(database, """
                SELECT object FROM outputs JOIN step_runs USING (result) JOIN runs ON runs.key = run WHERE pinned <> 0
                UNION SELECT object FROM run_sources JOIN runs ON runs.key = run WHERE pinned <> 0
                UNION SELECT object FROM endpoint_objects""")
            offered = objects_of(database, "SELECT object FROM outputs JOIN results ON results.key = result"
                                           " WHERE offered = 1")
            self.check_told(database, instant)
        for each in kept | offered:
            got = oracle.tree_of(self.root / ".mlpipe/objects" / each[:2] / each / "content")
            if got is None and each not in kept and instant > self.began["gc"]:
                self.taken += 1
            elif got is None or got != self.objects.get(each):
                raise Wrong(f"a record needs the object {each}, which holds {got}, not {self.objects.get(each)}")

    def check_told(self, database, instant):
        for name, query in (
                ("publish", "SELECT 1 FROM endpoint_versions JOIN endpoints ON endpoints.key = endpoint"
                            " JOIN texts ON hash = spec WHERE name = 'e' AND number = 1"),
                ("pin", f"SELECT 1 FROM runs WHERE id = '{self.pinned}' AND pinned <> 0"),
                ("delete", f"SELECT 1 FROM runs WHERE id = '{self.first}' AND deleted <> 0"),
                ("schedule", "SELECT 1 FROM schedules WHERE name = 's' AND deleted = 0"),
                ("submit", "SELECT 1 FROM submissions JOIN runs ON runs.key = run"
                           f" WHERE id = '{self.submitted}'")):
            if instant > self.told[name] and len(database.execute(query).fetchall()) != 1:
                raise Wrong(f"{name} had said what it did, and it is lost: {query}")


def objects_of(database, query):
    return {row[0].hex() for row in database.execute(query)}


class Looked:
    """A copy of the database, which is whole: looking at one repairs it."""

    def __init__(self, place):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="looked-", dir=place.folder))
        try:
            for each in (place.root / ".mlpipe").glob("mlpipe.db*"):
                if not each.name.endswith("-shm"):
                    shutil.copy(each, self.folder)
            oracle.check_database(self.folder)
            self.database = sqlite3.connect(self.folder / "mlpipe.db")
        except Wrong:
            shutil.rmtree(self.folder)
            raise

    def __enter__(self):
        return self.database

    def __exit__(self, *_):
        self.database.close()
        shutil.rmtree(self.folder)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlpipe", required=True)
    parser.add_argument("--instants", type=int, default=0)
    parser.add_argument("--seed", type=int, default=default_seed())
    parser.add_argument("--only", metavar="COMMAND+N:WAY")
    parser.add_argument("--keep-going", action="store_true", help="show each failure, not just the first")
    return parser.parse_args()


def chosen(place, disk, arguments):
    """[(instant, way)]"""
    if arguments.only:
        instant, way = arguments.only.split(":")
        name, after = instant.split("+")
        return [(place.began[name] + int(after), way)]
    instants = range(disk.now + 1)
    if arguments.instants:
        rng = recorded_disk.random_for(arguments.seed, 0, "")
        spoken = {place.told[name] + 1 for name in ("pin", "publish", "schedule", "submit", "delete")}
        instants = sorted({*rng.sample(instants, min(arguments.instants, len(instants))), *spoken})
    return [(instant, way) for instant in instants for way in WAYS]


def name_of(instant, place):
    """As --only takes it."""
    name = [name for name, when in place.began.items() if when <= instant][-1]
    return f"{name}+{instant - place.began[name]}"


def main():
    if not shutil.which("strace"):
        print("SKIPPED: needs strace")
        return 125
    arguments = parsed()
    begin = time.monotonic()
    place = Place(arguments.mlpipe)
    disk = place.record()
    print(f"--seed {arguments.seed}: {disk.now} things happened; " + ", ".join(
        f"{name} from {when}, said at {place.told[name]}" for name, when in place.began.items()), flush=True)
    seen, failures, counts = set(), 0, dict.fromkeys(WAYS, 0)
    for instant, way in chosen(place, disk, arguments):
        frozen = disk.after(instant, way, recorded_disk.random_for(arguments.seed, instant, way))
        if (state := (repr(frozen), *(instant > when for when in place.told.values()))) in seen:
            continue
        seen.add(state)
        counts[way] += 1
        try:
            place.check(frozen, instant, way)
        except (Wrong, subprocess.TimeoutExpired) as wrong:
            failures += 1
            print(f"FAILED: --seed {arguments.seed} --only {name_of(instant, place)}:{way}: {wrong}", flush=True)
            if not arguments.keep_going:
                break
    print(f"{sum(counts.values())} different states were opened, {counts}, {failures} failed; in them, {place.taken} "
          f"objects that gc had taken were still referred to, and up to {place.left} parts of copies were left; "
          f"{time.monotonic() - begin:.0f} s")
    recorded_disk.remove_tree(place.folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
