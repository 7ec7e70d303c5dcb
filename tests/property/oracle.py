"""What must hold when nothing disturbs any more: what a case gives is, byte for byte, what a clean run
in an empty workspace gives."""
import os
import pathlib
import shutil
import sqlite3

from world import World, Wrong


short_runs = []  # of each case that passed, how many runs were not planned


def tree_of(path):
    """A file or folder as plain data: names, kinds, x bits, link texts, bytes."""
    if path.is_symlink():
        return ("link", os.readlink(path))
    if path.is_dir():
        return {entry.name: tree_of(entry) for entry in sorted(path.iterdir())}
    if not path.exists():
        return None
    return ("program" if path.stat().st_mode & 0o100 else "file", path.read_bytes())


def check_database(state):
    """The database in a state directory is whole."""
    database = sqlite3.connect(state / "mlpipe.db")
    try:
        questions = [("PRAGMA integrity_check", [("ok",)]), ("PRAGMA foreign_key_check", [])]
        if database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'step_runs'").fetchall():  # else just begun
            # What a step shows is the result of just this work.
            questions.append(("SELECT * FROM step_runs JOIN results ON results.key = result"
                              " WHERE results.fingerprint IS NOT step_runs.fingerprint", []))
        for question, good in questions:
            answer = database.execute(question).fetchall()
            if answer != good:
                raise Wrong(f"the database: {question}: {answer}")
    finally:
        database.close()


class CheckedWorld(World):
    def outputs_in_store(self, root):
        """{(step, output): tree} of the newest run, read from the store's files."""
        found = {}
        for step in self.shown(root)["steps"]:
            for output in step["outputs"]:
                if output["name"].startswith("artifacts:"):
                    continue
                content = root / ".mlpipe/objects" / output["object"][:2] / output["object"] / "content"
                found[step["step"], output["name"]] = tree_of(content)
        return found

    def outputs_by_get(self):
        """The same by `mlpipe get`, which looks at every file and refuses what is damaged: then the
        next run makes it anew."""
        found = {}
        for step in self.case.steps:
            for kind in step.outputs:
                target = self.folder / "got"
                shutil.rmtree(target, ignore_errors=True)
                words = ["get", "latest", f"{step.name}.{kind}", str(target)]
                if self.command(words).returncode != 0:
                    self.run()
                    done = self.command(words)
                    if done.returncode != 0:
                        raise Wrong(f"{step.name}.{kind} cannot be had after a run: {done.stderr}")
                    return self.outputs_by_get()
                found[step.name, kind] = tree_of(target)
        return found

    def check(self):
        """Raises Wrong."""
        self.run()
        clean = self.folder / "clean"
        shutil.rmtree(clean, ignore_errors=True)
        self.copy_files(self.root, clean)
        self.run(root=clean)
        expected = self.outputs_in_store(clean)
        got = self.outputs_by_get() if self.damaged else self.outputs_in_store(self.root)
        for key in sorted(expected):
            if got.get(key) != expected[key]:
                raise Wrong(f"{'.'.join(key)} is not what a clean run gives:\n"
                            f"  got      {got.get(key)}\n  expected {expected[key]}")
        if tree_of(self.root / "out") != tree_of(clean / "out"):
            raise Wrong(f"the copies at path: differ: {tree_of(self.root / 'out')}\n"
                        f"expected {tree_of(clean / 'out')}")

    do_check = check

    def check_at_the_end(self, rng):
        """Also of an earlier state, which a wrong record would show up in."""
        self.check()
        if self.states:
            self.restore_state(rng)
            self.write_pipeline()
            self.check()
        self.check_nothing_to_do()
        check_database(self.root / ".mlpipe")
        if not self.damaged and (self.root / ".mlpipe/quarantine").exists():
            raise Wrong("an object was found damaged, and nobody had touched it")

    def check_nothing_to_do(self):
        self.run()
        executed = {s["step"] for s in self.shown()["steps"] if not s["reused"]}
        always = {step.name for step in self.case.steps if not step.allow_reuse}
        if executed != always:
            raise Wrong(f"nothing was changed, and {sorted(executed)} ran; expected {sorted(always)}")


def problem_of(case, folder, mlpipe, mix, rng):
    """What is wrong, or "" if the case passes. Afterwards the folder can go."""
    place = CheckedWorld(case, pathlib.Path(folder), mlpipe, mix)
    try:
        for action in case.actions:
            place.act(action)
        place.check_at_the_end(rng)
        short_runs.append(place.ask("SELECT count(*) FROM runs WHERE steps_of IS NOT NULL"))
        return ""
    except Wrong as wrong:
        return str(wrong)
