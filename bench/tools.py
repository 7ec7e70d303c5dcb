"""The tools that are given equal graphs: how each is started, how it tells what it did, and what it made."""
import hashlib, os, re, subprocess

import writers
from measure import Failure, read, timed


def remove(*paths):
    """Also what is not writable: objects in mlpipe's store."""
    there = [path for path in paths if os.path.exists(path)]
    if there:
        subprocess.run(["chmod", "-R", "u+rwX", *there], check=True)
        subprocess.run(["rm", "-rf", *there], check=True)


class Tool:
    """In a folder of its own below `work`; `words` starts it, `state` is what there is to remove before a first run."""
    name = ""
    state = ("out",)
    largest = 100_000  # with more steps it takes minutes
    rounds_of_first = 5

    def __init__(self, work, steps):
        self.work, self.steps = work, steps
        self.folder = f"{work}/{self.name}"
        self.log = f"{work}/{self.name}.log"
        os.makedirs(self.folder)
        writers.write_sources(self.folder, steps)
        self.generate()
        self.reset()

    def generate(self):
        getattr(writers, self.name)(self.folder, self.steps)

    def reset(self):
        remove(*(f"{self.folder}/{name}" for name in self.state))
        self.is_filled = False

    def run(self):
        took = timed(self.words, self.folder, self.log)
        self.is_filled = True
        return took

    def executed(self):
        """How many steps the last run executed, as it told."""
        raise NotImplementedError

    def told(self, pattern):
        found = re.findall(pattern, read(self.log), re.MULTILINE)
        if not found:
            raise Failure(f"{self.name} does not say how many steps it executed:\n{read(self.log)[-2000:]}")
        return found[-1]

    def files(self):
        """The outputs that there are."""
        with os.scandir(f"{self.folder}/out") as found:
            return [entry.path for entry in found]

    def made(self):
        """The hashes of all outputs' bytes."""
        hashes = []
        for path in self.files():
            with open(path, "rb") as file:
                hashes.append(hashlib.blake2b(file.read(), digest_size=16).digest())
        return hashes


class Mlpipe(Tool):
    name = "mlpipe"
    state = (".mlpipe",)

    def __init__(self, work, steps, program):
        self.program = program
        self.words = [program, "run", "-j2", "pipeline.yaml"]
        super().__init__(work, steps)

    def executed(self):
        ran, all_reused = self.told(r"^Completed in .*: (?:(\d+) ran, \d+ reused|(nothing to do))")
        return 0 if all_reused else int(ran)

    def files(self):
        """The store keeps a file under its own base name."""
        return [f"{folder}/made.txt" for folder, _, names in os.walk(f"{self.folder}/.mlpipe/objects")
                if "made.txt" in names]

    def get(self, step):
        """One output as users get it."""
        target = f"{self.work}/fetched"
        remove(target)
        timed([self.program, "get", "latest", f"{step.name}.made", target], self.folder, self.log)
        with open(f"{target}/made.txt" if os.path.isdir(target) else target, "rb") as file:
            return file.read()


class Ninja(Tool):
    name = "ninja"
    state = ("out", ".ninja_log", ".ninja_deps")
    words = ["ninja", "-j2"]

    def __init__(self, work, steps, shell):
        self.shell = shell
        super().__init__(work, steps)

    def generate(self):
        writers.ninja(self.folder, self.steps, self.shell)

    def executed(self):
        done, _ = self.told(r"^\[(\d+)/\d+\]|(no work to do)")
        return int(done or 0)

    def output(self, step):
        with open(f"{self.folder}/out/{step.name}.txt", "rb") as file:
            return file.read()


class Make(Tool):
    """It prints each command that it starts."""
    name = "make"
    largest = 10_000
    words = ["make", "-j2"]

    def reset(self):
        super().reset()
        os.makedirs(f"{self.folder}/out")

    def executed(self):
        return len(re.findall(r"^read -r line", read(self.log), re.MULTILINE))


class Snakemake(Tool):
    """It counts the rule that asks for all as a step."""
    name = "snakemake"
    state = ("out", ".snakemake")
    largest = 1_000
    rounds_of_first = 1
    words = ["snakemake", "-c2"]

    def executed(self):
        done, _ = self.told(r"^(\d+) of \d+ steps \(100%\) done|(Nothing to be done)")
        return int(done) - 1 if done else 0


class Floor(Tool):
    """No tool: the bare work of mlpipe's first run (floor.cpp)."""
    name = "floor"
    state = ("made",)

    def __init__(self, work, steps, program):
        self.words = [program, "list", f"{work}/floor/made"]
        super().__init__(work, steps)

    def reset(self):
        super().reset()
        os.makedirs(f"{self.folder}/made")

    def executed(self):
        return int(self.told(r"^(\d+) steps executed"))

    def files(self):
        with os.scandir(f"{self.folder}/made/store") as found:
            return [entry.path for entry in found]
