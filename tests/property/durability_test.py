#!/usr/bin/env python3
"""What a run writes, replayed up to every instant, with all that a power cut may take away.

  durability_test.py --mlpipe BIN [--instants 40] [--seed N] [--only INSTANT:WAY]

Two runs of a small pipeline are recorded by strace: a first one, and one with another parameter, which
replaces what lies at `path:`. recorded_disk.py says what is modelled, and what is not. From what it may
have left on the disk at an instant, this must hold:
  * the database is whole;
  * each result that it offers has its objects, and what is in them is whole;
  * the next run completes, with the outputs and the copies at `path:` that an undisturbed run makes,
    and the one after it has nothing to do.
--instants 0 takes all of them. --only 317:torn replays one."""
import argparse
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import oracle
import recorded_disk
from world import Wrong

WAYS = ("kept", "dropped", "latest", "torn", "strict")
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


class Place:
    def __init__(self, mlpipe):
        self.mlpipe = os.path.abspath(mlpipe)
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mlpipe-durability-", dir=memory)).resolve()
        self.root = self.folder / "ws"
        self.root.mkdir()
        (self.root / "src").mkdir()
        (self.root / "src/make.sh").write_text(MAKE)
        (self.root / "data.txt").write_text("data\n")
        (self.root / "p.yaml").write_text(PIPELINE)
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder),
                            "MLPIPE_SLOT_DIRECTORY": str(self.folder / "slots"),
                            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}

    def command(self, *words, before=()):
        # Under strace LeakSanitizer gives up; runs that are not recorded look for leaks as ever.
        leaks = {"ASAN_OPTIONS": "detect_leaks=0"} if before else {}
        return subprocess.run([*before, self.mlpipe, *words], cwd=self.root, env=self.environment | leaks, timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def run(self, value, before=()):
        done = self.command("run", "p.yaml", "-p", f"v={value}", before=before)
        if done.returncode != 0:
            raise Wrong(f"exit code {done.returncode} of a run\n{done.stdout}{done.stderr}")
        return done.stderr + done.stdout

    def record(self):
        """The disk with all that happened; and what the end must be."""
        disk = recorded_disk.RecordedDisk(self.root, lambda path: path.endswith("mlpipe.db-shm"))
        for value in (1, 2):
            self.run(value, before=[*recorded_disk.STRACE, "-o", str(self.folder / "trace")])
            with (self.folder / "trace").open() as lines:
                disk.follow(line.rstrip("\n") for line in lines)
        model = disk.after(disk.now, "kept", recorded_disk.random_for(0, 0, ""))
        self.objects = {path.name: oracle.tree_of(path / "content")
                        for path in (self.root / ".mlpipe/objects").glob("*/*")}
        self.copies = {name: oracle.tree_of(self.root / name) for name in PUBLISHED}
        self.root.rename(self.folder / "real")
        recorded_disk.write_tree(model, self.root)
        (self.folder / "real/.mlpipe/mlpipe.db-shm").unlink(missing_ok=True)
        if oracle.tree_of(self.root) != oracle.tree_of(self.folder / "real"):
            raise Wrong("the recording does not give what is there: the model of the disk misses something")
        return disk

    def check(self, frozen):
        recorded_disk.remove_tree(self.root)
        recorded_disk.write_tree(frozen, self.root)
        self.check_record()
        told = self.run(2)
        for name, expected in self.copies.items():
            if (got := oracle.tree_of(self.root / name)) != expected:
                raise Wrong(f"{name} holds {got}, expected {expected}\n{told}")
        due = self.command("plan", "--check", "p.yaml", "-p", "v=2")
        if due.returncode != 0:
            raise Wrong(f"the run after it has something to do: {due.stdout}{due.stderr}")
        self.check_record()

    def check_record(self):
        state = self.root / ".mlpipe"
        if not (state / "mlpipe.db").exists():
            return
        looked = self.folder / "looked"  # a copy: looking at a database repairs it
        looked.mkdir()
        try:
            for each in state.glob("mlpipe.db*"):
                if not each.name.endswith("-shm"):
                    shutil.copy(each, looked)
            oracle.check_database(looked)
            database = sqlite3.connect(looked / "mlpipe.db")
            tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
            offered = [row[0].hex() for row in database.execute(
                "SELECT DISTINCT object FROM outputs JOIN results ON results.key = result WHERE offered = 1")
            ] if "results" in tables else []
            database.close()
        finally:
            shutil.rmtree(looked)
        for each in offered:
            content = state / "objects" / each[:2] / each / "content"
            if (got := oracle.tree_of(content)) != self.objects.get(each):
                raise Wrong(f"a result is recorded, and its object {each} holds {got}, "
                            f"not {self.objects.get(each)}")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlpipe", required=True)
    parser.add_argument("--instants", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only")
    parser.add_argument("--keep-going", action="store_true", help="show each failure, not just the first")
    return parser.parse_args()


def chosen(disk, arguments):
    """[(instant, way)]"""
    if arguments.only:
        instant, way = arguments.only.split(":")
        return [(int(instant), way)]
    instants = range(disk.now + 1)
    if arguments.instants:
        rng = recorded_disk.random_for(arguments.seed, 0, "")
        instants = sorted(rng.sample(instants, min(arguments.instants, len(instants))))
    return [(instant, way) for instant in instants for way in WAYS]


def main():
    if not shutil.which("strace"):
        print("SKIPPED: needs strace")
        return 125
    arguments = parsed()
    begin = time.monotonic()
    place = Place(arguments.mlpipe)
    disk = place.record()
    seen, failures, count = set(), 0, 0
    for instant, way in chosen(disk, arguments):
        frozen = disk.after(instant, way, recorded_disk.random_for(arguments.seed, instant, way))
        if (state := repr(frozen)) in seen:
            continue
        seen.add(state)
        count += 1
        try:
            place.check(frozen)
        except Wrong as wrong:
            failures += 1
            print(f"FAILED: --seed {arguments.seed} --only {instant}:{way}: {wrong}", flush=True)
            if not arguments.keep_going:
                break
    print(f"{disk.now} things happened; {count} different states were opened, {failures} failed; "
          f"{time.monotonic() - begin:.0f} s")
    recorded_disk.remove_tree(place.folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
