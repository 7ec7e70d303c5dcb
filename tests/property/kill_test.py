#!/usr/bin/env python3
"""Runs killed at random instants of their whole life, from the start of the process to after its end:
the driver, its supervisor, or both in one moment.

  kill_test.py --mlpipe BIN [--rounds 500] [--first SEED] [--folder DIR]

After each kill:
  * no process of a step is left after 2 s, also none that left its session or cleared its environment;
  * the next run completes, without a word on what happened before;
  * the database is whole, and no run or step in it claims to go on;
  * every result that is recorded has its objects, and what is in them is whole; nothing was quarantined.
Round N is made from its seed alone, but what happens in it depends on the machine's timing too."""
import argparse
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import oracle
from world import Wrong, kill_run

LONGEST = 2.0  # seconds until the last process of a step has to be gone
STEPS = 7

# A step makes files in which each line is the same, so that a part of one can be told from the whole.
# Some leave processes behind: in sessions of their own, without a parent, without an environment.
STEP = """\
  s{n}:
    command: |
      {daemon}
      text="step {n} round ${{{{parameters.round}}}} lines {lines}"
      yes "$text" | head -n {lines} > "${{{{outputs.file}}}}"
      mkdir "${{{{outputs.folder}}}}/deep"
      for i in 1 2 3; do cp "${{{{outputs.file}}}}" "${{{{outputs.folder}}}}/deep/$i"; done
      sleep 0.0{n}
    inputs: {{{inputs}}}
    outputs: {{file: {{type: uri_file{path}}}, folder: {{type: uri_folder}}}}
"""
DAEMONS = ["true", "setsid sleep 300.{token} &", "(setsid setsid sleep 300.{token} &) &",
           "env -i setsid sh -c 'sleep 300.{token}; true' > /dev/null 2>&1 &"]


class Place:
    def __init__(self, arguments):
        self.mlpipe = os.path.abspath(arguments.mlpipe)
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="mlpipe-kill-", dir=arguments.folder))
        self.token = str(os.getpid())  # on the command line of all that steps start
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.root),
                            "MLPIPE_SLOT_DIRECTORY": str(self.root / "slots"),
                            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        self.seen = set()  # objects that were looked at
        steps = []
        for n in range(1, STEPS + 1):
            inputs = f'before: "${{{{steps.s{n // 2}.outputs.file}}}}"' if n > 1 else ""
            steps.append(STEP.format(n=n, lines=10 ** (n % 4), inputs=inputs,
                                     daemon=DAEMONS[n % 4].format(token=self.token),
                                     path=", path: ./published" if n == STEPS else ""))
        (self.root / "p.yaml").write_text("parameters: {round: 0}\nsteps:\n" + "".join(steps))

    def run_words(self, number):
        return [self.mlpipe, "run", "p.yaml", "-p", f"round={number}"]

    def run(self, number):
        done = subprocess.run(self.run_words(number), cwd=self.root, env=self.environment, timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong(f"exit code {done.returncode} of the run after a kill\n{done.stdout}{done.stderr}")

    def start(self, number):
        return subprocess.Popen(self.run_words(number), cwd=self.root, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    # --- killing ---------------------------------------------------------------------------------

    def step_processes(self):
        found = []
        for folder in pathlib.Path("/proc").iterdir():
            if not folder.name.isdigit() or int(folder.name) == os.getpid():
                continue
            try:
                words = (folder / "cmdline").read_bytes()
                if b"300." + self.token.encode() in words or str(self.root / ".mlpipe/work").encode() in words:
                    found.append(f"{folder.name} {words.decode(errors='replace')}")
            except OSError:
                pass  # it has ended
        return found

    @staticmethod
    def kill(driver, whom):
        kill_run(driver, whom)
        driver.wait(60)

    def wait_for_no_process(self):
        """Seconds until the last one was gone."""
        begin = time.monotonic()
        while left := self.step_processes():
            if time.monotonic() - begin > LONGEST:
                raise Wrong("left of the steps after 2 s:\n  " + "\n  ".join(left))
            time.sleep(0.01)
        return time.monotonic() - begin

    def end_all(self):
        for line in self.step_processes():
            os.kill(int(line.split()[0]), signal.SIGKILL)

    # --- what must hold --------------------------------------------------------------------------

    def check(self, number):
        state = self.root / ".mlpipe"
        oracle.check_database(state)
        database = sqlite3.connect(state / "mlpipe.db")
        try:
            for table in ("runs", "step_runs"):
                if rows := database.execute(f"SELECT * FROM {table} WHERE finished = 0").fetchall():
                    raise Wrong(f"{table} claim to go on: {rows}")
            objects = {row[0].hex() for row in database.execute(
                "SELECT object FROM outputs JOIN results ON results.key = result WHERE offered")}
        finally:
            database.close()
        for each in objects - self.seen:
            self.check_object(state / "objects" / each[:2] / each / "content")
            self.seen.add(each)
        if (state / "quarantine").exists():
            raise Wrong("an object was found damaged")
        self.check_text(self.root / "published", f"step {STEPS} round {number} ")
        tidy = [name for name in os.listdir(self.root) if name.startswith(".mlpipe-")]
        if tidy and number % 50 == 49:
            print(f"  (left beside the copy at path: {len(tidy)})")

    def check_object(self, content):
        files = [path for path in content.rglob("*") if path.is_file()] if content.is_dir() else []
        if not files:
            raise Wrong(f"a result is recorded, and its object {content} is not there")
        for path in files:
            self.check_text(path, "step ")

    @staticmethod
    def check_text(path, begin):
        lines = path.read_text().splitlines()
        if not lines or not lines[0].startswith(begin) or set(lines) != {lines[0]} \
                or len(lines) != int(lines[0].split()[-1]):
            raise Wrong(f"{path} is not whole: {len(lines)} lines, {lines[:1]}, expected '{begin}…'")

    def deep_verification(self):
        """By the program itself, where it has the command."""
        known = subprocess.run([self.mlpipe, "verify", "--help"], capture_output=True, text=True, check=False)
        if "--deep" not in known.stdout:
            return
        done = subprocess.run([self.mlpipe, "verify", "--deep"], cwd=self.root, env=self.environment,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Wrong(f"verify --deep: {done.returncode}\n{done.stdout}{done.stderr}")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlpipe", required=True)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--folder", help="where the workspace is made")
    return parser.parse_args()


def main():
    arguments = parsed()
    place = Place(arguments)
    begin = time.monotonic()
    place.run(0)
    life = time.monotonic() - begin
    counts, slowest, late = {"driver": 0, "supervisor": 0, "both": 0}, 0.0, 0
    for number in range(arguments.first, arguments.first + arguments.rounds):
        rng = random.Random(number)
        whom, moment = rng.choice(list(counts)), rng.uniform(0, life * 1.05)
        try:
            driver = place.start(number)
            time.sleep(moment)
            late += driver.poll() is not None
            place.kill(driver, whom)
            slowest = max(slowest, place.wait_for_no_process())
            place.run(number)
            place.check(number)
        except Wrong as wrong:
            print(f"FAILED: round {number}, {whom} killed after {moment:.3f} s: {wrong}\nsee {place.root}")
            place.end_all()
            return 1
        counts[whom] += 1
    place.deep_verification()
    print(f"{arguments.rounds} kills of {counts}, {late} after the end of the run; the last process was gone "
          f"after at most {slowest:.2f} s; a run takes {life:.2f} s; {time.monotonic() - begin:.0f} s in all")
    shutil.rmtree(place.root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
