"""A random case on disk: its project, what is done to it, and the question whether what came out is
what a clean run gives."""
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time

import cases
import edits

HERE = pathlib.Path(__file__).resolve().parent
COMMAND_TIME = 120  # seconds; nothing here takes one


class Wrong(Exception):
    """A promise that did not hold."""


class World:
    def __init__(self, case, folder, mlpipe, mix):
        self.case, self.mlpipe, self.mix = case, mlpipe, mix
        self.folder = pathlib.Path(folder)
        self.project = self.folder / "project"
        self.control = self.folder / "control"
        self.values = {name: str(i) for i, name in enumerate(case.parameters)}
        self.data_of = list(range(len(case.data)))  # which folder an input reads: swap_data
        self.damaged = False
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder),
            "MLPIPE_SLOT_DIRECTORY": str(self.folder / "slots"),
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        self.write_project()

    # --- the project -----------------------------------------------------------------------------

    def write_project(self):
        rng = random.Random(self.case.seed)
        self.control.mkdir(parents=True)
        for number in range(self.case.sources):
            for name in cases.FILES_OF_A_SOURCE:
                file = self.project / f"source{number}" / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(edits.other_bytes(rng, rng.randrange(0, 30)))
        for number, kind in enumerate(self.case.data):
            root = self.project / f"data{number}"
            if kind == "folder":
                for name in ("one", "deep/two", "deep/three"):
                    (root / name).parent.mkdir(parents=True, exist_ok=True)
                    (root / name).write_bytes(edits.other_bytes(rng, rng.randrange(0, 50)))
            else:
                root.write_bytes(edits.other_bytes(rng, rng.randrange(1, 50)))
        self.write_pipeline(self.project)

    def write_pipeline(self, project):
        lines = ["name: random"]
        if self.case.parameters:
            lines.append("parameters: {%s}" % ", ".join(f'{name}: "x"' for name in self.case.parameters))
        lines.append("steps:")
        for step in self.case.steps:
            lines += self.step_lines(step)
        (project / "pipeline.yaml").write_text("\n".join(lines) + "\n")

    def step_lines(self, step):
        words = [str(self.mix), "--during", str(self.control / step.name)]
        if step.coarse:
            words.append("--coarse")
        if step.parameter:
            words += ["--salt", "'${{parameters.%s}}'" % step.parameter]
        for kind in step.outputs:
            words += [f"--{kind}", '"${{outputs.%s}}"' % kind]
        words.append(".")
        inputs = {}
        for number, (other, kind) in enumerate(step.upstream):
            inputs[f"u{number}"] = '"${{steps.%s.outputs.%s}}"' % (other, kind)
        for number in step.data:
            inputs[f"d{number}"] = "{type: uri_%s, path: ./data%d}" % (
                self.case.data[number], self.data_of[number])
        words += ['"${{inputs.%s}}"' % name for name in inputs]
        outputs = []
        for position, kind in enumerate(step.outputs):
            path = f", path: ./out/{step.name}" if step.path and position == 0 else ""
            outputs.append("%s: {type: uri_%s%s}" % (kind, kind, path))
        lines = [f"  {step.name}:", f"    source_directory: source{step.source}",
                 "    command: " + json.dumps(" ".join(words))]
        lines += ["    inputs: {%s}" % ", ".join(f"{k}: {v}" for k, v in inputs.items())] if inputs else []
        lines.append("    outputs: {%s}" % ", ".join(outputs))
        if not step.allow_reuse:
            lines.append("    allow_reuse: false")
        return lines

    # --- running mlpipe --------------------------------------------------------------------------

    def command(self, words, project=None):
        return subprocess.run([self.mlpipe, *words], cwd=project or self.project, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=COMMAND_TIME, check=False)

    def run_words(self, *more):
        words = ["run", "pipeline.yaml", *more]
        for name, value in self.values.items():
            words += ["-p", f"{name}={value}"]
        return words

    def run(self, *more, may_fail=False, project=None):
        done = self.command(self.run_words(*more), project)
        if "a bug in mlpipe" in done.stderr or done.returncode < 0:
            raise Wrong(f"it crashed: {done.returncode}\n{done.stderr}")
        if done.returncode != 0 and not may_fail:
            raise Wrong(f"exit code {done.returncode} of a run that nothing disturbed\n{done.stdout}{done.stderr}")
        return done

    def start(self):
        return subprocess.Popen([self.mlpipe, *self.run_words()], cwd=self.project, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def shown(self, project=None):
        done = self.command(["show", "latest", "--json"], project)
        if done.returncode != 0:
            raise Wrong("show: " + done.stderr)
        return json.loads(done.stdout)

    # --- actions ---------------------------------------------------------------------------------

    def act(self, action):
        getattr(self, "do_" + action[0])(*action[1:])

    def do_edit(self, edit):
        edits.apply_edit(self.project, edit)

    def do_edits(self, several):
        for edit in several:
            edits.apply_edit(self.project, edit)

    def do_parameter(self, name, value):
        self.values[name] = value

    def do_swap_parameters(self, one, other):
        self.values[one], self.values[other] = self.values[other], self.values[one]

    def do_swap_data(self, one, other):
        if self.case.data[one] == self.case.data[other]:
            self.data_of[one], self.data_of[other] = self.data_of[other], self.data_of[one]
            self.write_pipeline(self.project)

    def do_run(self):
        self.run()

    def do_regenerate(self):
        self.run("--regenerate-outputs")

    def do_only_touch(self):
        for path in edits.files_below(self.project):
            if ".mlpipe" not in path.parts:
                os.utime(path)

    def do_during(self, step, several):
        script = self.control / step
        script.write_text("rm -- '%s'\nexec '%s' '%s' '%s' '%s'\n" % (
            script, sys.executable, HERE / "edits.py", self.project, json.dumps(several)))
        self.run(may_fail=True)
        script.unlink(missing_ok=True)

    def do_kill(self, after, supervisor_too):
        driver = self.start()
        time.sleep(after)
        children = []
        if supervisor_too:
            try:
                children = pathlib.Path(f"/proc/{driver.pid}/task/{driver.pid}/children").read_text().split()
            except OSError:
                pass  # it has ended already
        for pid in [driver.pid, *map(int, children)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it has ended already
        driver.wait()

    def do_two_drivers(self):
        drivers = [self.start(), self.start()]
        codes = [driver.wait(COMMAND_TIME) for driver in drivers]
        if codes != [0, 0]:
            raise Wrong(f"two drivers at once ended with {codes}")

    def do_damage(self, how, number):
        objects = sorted((self.project / ".mlpipe" / "objects").glob("*/*"))
        if not objects:
            return
        self.damaged = True
        rng = random.Random(number)
        chosen = rng.choice(objects)
        for path in [chosen, *chosen.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | stat.S_IWUSR)
        files = edits.files_below(chosen / "content")
        if how == "remove_object" or not files:
            shutil.rmtree(chosen)
            return
        file = rng.choice(files)
        if how == "change":
            file.write_bytes(edits.other_bytes(rng, file.stat().st_size))
        elif how == "truncate":
            file.write_bytes(b"")
        elif how == "mode":
            file.chmod(file.stat().st_mode ^ 0o111)
        else:
            file.unlink()

    # --- the oracle ------------------------------------------------------------------------------

    def outputs_in_store(self, project):
        """{(step, output): tree} of the newest run, read from the store's files."""
        found = {}
        for step in self.shown(project)["steps"]:
            for output in step["outputs"]:
                if output["name"].startswith("artifacts:"):
                    continue
                content = project / ".mlpipe/objects" / output["object"][:2] / output["object"] / "content"
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
        """What must hold when nothing disturbs any more. Raises Wrong."""
        self.run()
        clean = self.folder / "clean"
        shutil.rmtree(clean, ignore_errors=True)
        shutil.copytree(self.project, clean, symlinks=True,
                        ignore=lambda folder, _: [".mlpipe", "out"] if pathlib.Path(folder) == self.project else [])
        self.run(project=clean)
        expected = self.outputs_in_store(clean)
        got = self.outputs_by_get() if self.damaged else self.outputs_in_store(self.project)
        for key in sorted(expected):
            if got.get(key) != expected[key]:
                raise Wrong(f"{'.'.join(key)} is not what a clean run gives:\n"
                            f"  got      {got.get(key)}\n  expected {expected[key]}")
        if tree_of(self.project / "out") != tree_of(clean / "out"):
            raise Wrong(f"the copies at path: differ: {tree_of(self.project / 'out')}\n"
                        f"expected {tree_of(clean / 'out')}")
        self.check_nothing_to_do()
        with sqlite3.connect(self.project / ".mlpipe/mlpipe.db") as database:
            answer = database.execute("PRAGMA integrity_check").fetchall()
            if answer != [("ok",)]:
                raise Wrong(f"the database: {answer}")
        database.close()

    def check_nothing_to_do(self):
        self.run()
        executed = {s["step"] for s in self.shown()["steps"] if not s["reused"]}
        always = {step.name for step in self.case.steps if not step.allow_reuse}
        if executed != always:
            raise Wrong(f"nothing was changed, and {sorted(executed)} ran; expected {sorted(always)}")


def tree_of(path):
    """A file or folder as plain data: names, kinds, x bits, link texts, bytes."""
    if path.is_symlink():
        return ("link", os.readlink(path))
    if path.is_dir():
        return {entry.name: tree_of(entry) for entry in sorted(path.iterdir())}
    if not path.exists():
        return None
    return ("program" if path.stat().st_mode & 0o100 else "file", path.read_bytes())
