"""A random case on disk: what is done to it, and how mlpipe is run on it. oracle.py says whether what
came out is right."""
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import edits
from project import Project

COMMAND_TIME = 120  # seconds; nothing here takes one
AGE = 2.1  # seconds; mlpipe remembers no hash of a file that is younger than 2

# How many cases work at once; one that rests lets another go on.
turns = threading.Semaphore(1)


class Wrong(Exception):
    """A promise that did not hold."""


def rest(seconds):
    turns.release()
    time.sleep(seconds)
    turns.acquire()  # pylint: disable=consider-using-with


def kill_run(driver, whom):
    """SIGKILL for the process of a run, for its supervisor, or for both in one moment."""
    victims = [driver.pid] if whom != "supervisor" else []
    try:
        children = pathlib.Path(f"/proc/{driver.pid}/task/{driver.pid}/children").read_text()
        # Not the helper of LeakSanitizer: a program whose helper was killed never ends.
        victims += [pid for pid in children.split() if whom != "driver" and is_supervisor(pid)]
    except OSError:
        pass  # it has ended already
    for pid in victims:
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended already


def is_supervisor(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"job-supervisor\0")


class World(Project):
    def __init__(self, case, folder, mlpipe, mix):
        super().__init__(case, folder, mix)
        self.mlpipe = mlpipe
        self.damaged = False
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder),
            "MLPIPE_SLOT_DIRECTORY": str(self.folder / "slots"),
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        self.write()
        if case.aged:
            rest(AGE)

    # --- running mlpipe --------------------------------------------------------------------------

    def command(self, words, root=None):
        return subprocess.run([self.mlpipe, *words], cwd=root or self.root, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=COMMAND_TIME, check=False)

    def run_words(self, *more):
        words = ["run", "pipeline.yaml", *more]
        for name, value in self.values.items():
            words += ["-p", f"{name}={value}"]
        return words

    def run(self, *more, root=None):
        """A run that nothing disturbs."""
        done = self.command(self.run_words(*more), root)
        if done.returncode != 0:
            raise Wrong(f"exit code {done.returncode} of a run that nothing disturbed\n{done.stdout}{done.stderr}")

    def start(self):
        return subprocess.Popen([self.mlpipe, *self.run_words()], cwd=self.root, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    @staticmethod
    def end(driver, killed=False):
        """Wait for a run that was disturbed: it may fail, not crash. Its exit code."""
        message = driver.communicate(timeout=COMMAND_TIME)[1]
        if not killed and (driver.returncode not in (0, 1, 2, 3) or "a bug in mlpipe" in message):
            raise Wrong(f"it crashed: {driver.returncode}\n{message}")
        return driver.returncode

    def shown(self, root=None):
        done = self.command(["show", "latest", "--json"], root)
        if done.returncode != 0:
            raise Wrong("show: " + done.stderr)
        return json.loads(done.stdout)

    def was_short(self):
        """Whether the newest run shows the steps of an earlier one: it was not planned."""
        return bool(self.ask("SELECT steps_of IS NOT NULL FROM runs ORDER BY key DESC LIMIT 1"))

    def ask(self, question):
        database = sqlite3.connect(self.root / ".mlpipe/mlpipe.db")
        try:
            return database.execute(question).fetchone()[0]
        finally:
            database.close()

    # --- actions ---------------------------------------------------------------------------------

    def do_settle(self, then):
        """Until a run that finds nothing new need not be planned, where that can be; then something happens
        that the next one must notice."""
        rest(AGE)
        for _ in range(3):
            self.run()
        if self.case.plain and not self.was_short():
            raise Wrong("nothing was changed, and it was planned for the third time")
        self.act(then)
        self.check()

    CHANGE_FILES = ("edit", "edits", "parameter", "swap_parameters", "swap_data", "swap_roles", "during",
                    "race", "two_drivers_race", "revert")

    def act(self, action):
        if action[0] in self.CHANGE_FILES:
            self.keep_state()
        getattr(self, "do_" + action[0])(*action[1:])

    def do_rest(self):
        rest(AGE)

    def do_edit(self, edit):
        edits.apply_edit(self.root, edit)

    def do_edits(self, several):
        for edit in several:
            edits.apply_edit(self.root, edit)

    def do_parameter(self, name, value):
        self.values[name] = value

    def do_swap_parameters(self, one, other):
        self.values[one], self.values[other] = self.values[other], self.values[one]

    def do_swap_data(self, one, other):
        if self.case.data[one] == self.case.data[other]:
            self.data_of[one], self.data_of[other] = self.data_of[other], self.data_of[one]
            self.write_pipeline()

    def do_swap_roles(self, step, one, other):
        """train=x, test=y becomes train=y, test=x; the command stays as it is."""
        roles = self.roles[step]
        if max(one, other) < len(roles):
            roles[one], roles[other] = roles[other], roles[one]
            self.write_pipeline()

    def do_run(self):
        self.run()

    def do_regenerate(self):
        self.run("--regenerate-outputs")

    def do_only_touch(self):
        for path in edits.files_below(self.root):
            if ".mlpipe" not in path.parts:
                os.utime(path)

    def do_forget_stats(self):
        shutil.rmtree(self.root / ".mlpipe" / "cache", ignore_errors=True)

    def do_revert(self, number):
        rng = random.Random(number)
        self.restore_state(rng)
        self.write_pipeline()

    def in_the_middle_of(self, step, deed):
        """Start a run, do the deed when the step is half done, and wait for the end."""
        asked = self.control / step
        reached, go = self.control / (step + ".reached"), self.control / (step + ".go")
        asked.touch()
        driver = self.start()
        while driver.poll() is None:
            if reached.exists():
                deed()
                break
            time.sleep(0.001)
        go.touch()
        code = self.end(driver)
        for file in (asked, reached, go):
            file.unlink(missing_ok=True)
        return code

    def do_during(self, step, several):
        self.in_the_middle_of(step, lambda: self.do_edits(several))

    def do_damage_during(self, step, how, number):
        self.in_the_middle_of(step, lambda: self.do_damage(how, number))

    def edit_at(self, moments):
        for moment, edit in moments:
            time.sleep(moment)
            edits.apply_edit(self.root, edit)

    def do_race(self, moments):
        driver = self.start()
        self.edit_at(moments)
        self.end(driver)

    def do_two_drivers(self):
        drivers = [self.start(), self.start()]
        codes = [self.end(driver) for driver in drivers]
        if codes != [0, 0]:
            raise Wrong(f"two drivers at once ended with {codes}")

    def do_two_drivers_race(self, moments):
        drivers = [self.start(), self.start()]
        self.edit_at(moments)
        for driver in drivers:
            self.end(driver)

    def do_kill(self, after, whom):
        driver = self.start()
        time.sleep(after)
        self.kill(driver, whom)

    def do_two_drivers_kill(self, after, whom):
        other = self.start()
        driver = self.start()
        time.sleep(after)
        self.kill(driver, whom)
        if self.end(other) != 0:
            raise Wrong("a driver whose neighbour was killed did not succeed")

    def kill(self, driver, whom):
        kill_run(driver, whom)
        self.end(driver, killed=True)

    def gc(self, age):
        done = self.command(["gc", "--older-than", age])
        if done.returncode != 0:
            raise Wrong(f"gc: exit code {done.returncode}\n{done.stderr}")

    def do_gc(self, age, _):
        if (self.root / ".mlpipe").exists():
            self.gc(age)

    def do_gc_beside(self, age, moment):
        driver = self.start()
        time.sleep(moment)
        if (self.root / ".mlpipe/mlpipe.db").exists():
            self.gc(age)
        if self.end(driver) != 0:
            raise Wrong("a run beside gc did not succeed")

    def do_verify(self):
        done = self.command(["verify", "--deep"])
        nothing_there = done.returncode == 2 and "there are no runs" in done.stderr
        if done.returncode != 0 and not self.damaged and not nothing_there:
            raise Wrong(f"verify: exit code {done.returncode}\n{done.stdout}{done.stderr}")

    def do_delete(self):
        self.command(["delete", "latest", "--yes"])

    def do_damage(self, how, number):
        try:
            self.damage(how, number)
        except FileNotFoundError:
            pass  # a run has found it and set it aside meanwhile

    def damage(self, how, number):
        objects = sorted((self.root / ".mlpipe" / "objects").glob("*/*"))
        if not objects:
            return
        self.damaged = True
        rng = random.Random(number)
        chosen = rng.choice(objects)
        for path in [chosen, *chosen.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o200)
        files = edits.files_below(chosen / "content")
        if how == "manifest":
            (chosen / "entries").write_bytes(b"")
            return
        if how == "remove_object" or not files:
            shutil.rmtree(chosen)
            return
        damage_file(rng.choice(files), how, rng)


def damage_file(file, how, rng):
    before = file.stat()
    if how in ("change", "change_old_time"):
        file.write_bytes(edits.other_bytes(rng, before.st_size))
        if how == "change_old_time":
            edits.set_time(file, before)
    elif how == "truncate":
        file.write_bytes(b"")
    elif how == "mode":
        file.chmod(before.st_mode ^ 0o111)
    else:
        file.unlink()
