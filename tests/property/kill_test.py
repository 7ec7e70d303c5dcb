#!/usr/bin/env python3
"""Runs killed at random instants of their whole life, from the start of the process to after its end:
the driver, its supervisor, or both in one moment.

  kill_test.py --mlpipe BIN [--rounds 500] [--first SEED] [--folder DIR]

After each kill:
  * no process of a step is left after 2 s, also none that left its session or cleared its environment, and none of
    mlpipe itself: neither a supervisor, nor its guard, nor what tells of a run's end;
  * a driver that lives longer than its supervisor completes, or names the step that failed, and why;
  * the next run completes, and says nothing of what happened before but, among the reasons why a step runs, how
    it ended the last time;
  * after it, too, no process is left, whoever is to be told of a run's end was told, and nothing lies beside the
    copies at `path:`;
  * the database is whole, and no run or step in it claims to go on;
  * every result that is recorded has its objects, and what is in them is whole; nothing was quarantined.
`verify --deep` finds nothing, every 20 rounds and at the end.
Round N is made from its seed alone, but what happens in it depends on the machine's timing too."""
import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import oracle
from processes import processes_of
from seed import default_seed
from world import Wrong, kill_run

LONGEST = 2.0  # seconds until the last process has to be gone
STEPS = 7
SOME = 20  # rounds from one `verify --deep` to the next, and from one look at how long a run takes

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
    outputs: {{file: {{type: uri_file{path}}}, folder: {{type: uri_folder{folder_path}}}}}
"""
HEAD = """\
parameters: {round: 0}
on_success: {command: "true"}
on_failure: {command: "true"}
steps:
"""
# What a run says that nothing is wrong with.
COMPLETED = re.compile(r"Completed in .*: (?:(\d+) ran, (\d+) reused"
                       rf"|nothing to do, all {STEPS} steps reused from earlier runs) \(run \w+\)\n")
PROGRESS = re.compile(rf"run \w+ of p \({STEPS} steps\)"
                      r"|  s\d +(Running|Reused|Completed) .*"
                      r"|  s\d +note +(a process|\d+ processes) that it left running had to be ended"
                      r"| {23}\S.*")  # one more reason why a step runs
# What one says whose supervisor was killed.
LOST = re.compile(r"^step 's\d' failed: .*\(mlpipe supervise\) (was killed|has ended)", re.MULTILINE)
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
                                     path=", path: ./published" if n == STEPS else "",
                                     folder_path=", path: ./out/folder" if n == STEPS else ""))
        (self.root / "p.yaml").write_text(HEAD + "".join(steps))

    def run_words(self, number):
        return [self.mlpipe, "run", "p.yaml", "-p", f"round={number}"]

    def run(self, number):
        done = subprocess.run(self.run_words(number), cwd=self.root, env=self.environment, timeout=120,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        said = f"{done.stdout}{done.stderr}"
        if done.returncode != 0:
            raise Wrong(f"exit code {done.returncode} of the run after a kill\n{said}")
        completed = COMPLETED.fullmatch(done.stdout)
        if not completed or completed[1] and int(completed[1]) + int(completed[2]) != STEPS:
            raise Wrong(f"the run after a kill did not say that it completed all steps\n{said}")
        if more := [line for line in done.stderr.splitlines() if not PROGRESS.fullmatch(line)]:
            raise Wrong(f"the run after a kill said more than that it ran: {more}\n{said}")

    def life_of_run(self, number):
        """Seconds that an undisturbed one takes: the machine may have more or less to do than before."""
        begin = time.monotonic()
        self.run(number)
        life = time.monotonic() - begin
        self.wait_for_no_process()  # the supervisor ends after the driver, and takes the -shm with it
        return life

    def start(self, number, said):
        """Not by a pipe: the driver may be gone long before the last one that has it open."""
        return subprocess.Popen(self.run_words(number), cwd=self.root, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    # --- killing ---------------------------------------------------------------------------------

    def processes(self):
        return processes_of(self.root, f"300.{self.token}")

    @staticmethod
    def kill(driver, whom, said):
        """The driver's exit code."""
        kill_run(driver, whom)
        driver.wait(60)
        said.seek(0)
        text = said.read().decode(errors="replace")
        if whom == "supervisor" and driver.returncode != 0 and (driver.returncode != 3 or not LOST.search(text)):
            raise Wrong(f"a driver whose supervisor was killed ended with {driver.returncode}\n{text}")
        return driver.returncode

    def wait_for_no_process(self):
        """Seconds until the last one was gone."""
        begin = time.monotonic()
        nothing = 0  # how often in a row: one look may miss what is just being forked
        while nothing < 2:
            left = self.processes()
            gone = time.monotonic() - begin
            if left and gone > LONGEST:
                raise Wrong("left after 2 s:\n  " + "\n  ".join(left))
            nothing = 0 if left else nothing + 1
            time.sleep(0.01)
        return gone

    def end_all(self):
        for line in self.processes():
            try:
                os.kill(int(line.split()[0]), signal.SIGKILL)
            except ProcessLookupError:
                pass  # it has ended

    # --- what must hold --------------------------------------------------------------------------

    def check(self, number):
        state = self.root / ".mlpipe"
        oracle.check_database(state)
        database = sqlite3.connect(state / "mlpipe.db")
        try:
            for table in ("runs", "step_runs"):
                if rows := database.execute(f"SELECT * FROM {table} WHERE finished = 0").fetchall():
                    raise Wrong(f"{table} claim to go on: {rows}")
            if rows := database.execute("SELECT * FROM notifications WHERE state = 'due'").fetchall():
                raise Wrong(f"nobody was told of a run's end: {rows}")
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
        for n in (1, 2, 3):
            self.check_text(self.root / "out/folder/deep" / str(n), f"step {STEPS} round {number} ")
        if left := [path for path in (*self.root.iterdir(), *(self.root / "out").iterdir())
                    if path.name.startswith(".mlpipe-")]:
            raise Wrong(f"left beside the copies at path: {left}")

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

    def verify_deep(self):
        done = subprocess.run([self.mlpipe, "verify", "--deep"], cwd=self.root, env=self.environment, timeout=600,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0 or "all are whole" not in done.stdout:
            raise Wrong(f"verify --deep: {done.returncode}\n{done.stdout}{done.stderr}")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlpipe", required=True)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--first", type=int, default=default_seed())
    parser.add_argument("--folder", help="where the workspace is made")
    return parser.parse_args()


def main():
    arguments = parsed()
    place = Place(arguments)
    begin = time.monotonic()
    life = place.life_of_run(0)
    counts, slowest, late, failed = {"driver": 0, "supervisor": 0, "both": 0}, 0.0, 0, 0
    print(f"--first {arguments.first} --rounds {arguments.rounds}", flush=True)
    last = arguments.first + arguments.rounds - 1
    for number in range(arguments.first, last + 1):
        rng = random.Random(number)
        whom, moment = rng.choice(list(counts)), rng.uniform(0, 1.05) * life
        try:
            with tempfile.TemporaryFile() as said:
                driver = place.start(number, said)
                time.sleep(moment)
                late += driver.poll() is not None
                failed += place.kill(driver, whom, said) > 0
            slowest = max(slowest, place.wait_for_no_process())
            place.run(number)
            slowest = max(slowest, place.wait_for_no_process())
            place.check(number)
            if number == last or number % SOME == 0:
                place.verify_deep()
                life = place.life_of_run(-number)
        except (Wrong, subprocess.TimeoutExpired) as wrong:
            print(f"FAILED: round {number}, {whom} killed after {moment:.3f} s: {wrong}\nsee {place.root}")
            place.end_all()
            return 1
        counts[whom] += 1
    print(f"{arguments.rounds} kills of {counts}, {late} after the end of the run; {failed} drivers told of a killed "
          f"supervisor; the last process was gone after at most {slowest:.2f} s; a run takes {life:.2f} s; "
          f"{time.monotonic() - begin:.0f} s in all")
    shutil.rmtree(place.root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
