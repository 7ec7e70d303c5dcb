"""Starting programs, timing them, and telling what came of it."""
import json, os, platform, select, signal, statistics, subprocess, sys, time

median = statistics.median


class Failure(Exception):
    """A program failed, or two did different work: nothing that was measured counts."""


def check(holds, text):
    if not holds:
        raise Failure(text)


def timed(words, folder, log, limit=1800):
    """Runs a program in `folder` to its end, both its streams into `log`; seconds from its start to its end."""
    os.chdir(folder)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    files = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, out, 1),
             (os.POSIX_SPAWN_DUP2, out, 2)]
    begin = time.perf_counter()
    child = os.posix_spawnp(words[0], words, os.environ, file_actions=files)
    status = None
    try:
        watch = os.pidfd_open(child)
        poll = select.poll()
        poll.register(watch, select.POLLIN)
        poll.poll(limit * 1000)
        took = time.perf_counter() - begin
        os.close(watch)
        ended, status = os.waitpid(child, os.WNOHANG)
        status = status if ended else None
    finally:
        os.close(out)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    check(status is not None, f"still going on after {limit} s, ended: {' '.join(words)}")
    check(status == 0, f"failed ({os.waitstatus_to_exitcode(status)}): {' '.join(words)}\n{read(log)[-2000:]}")
    return took


def read(path):
    with open(path, errors="replace") as file:
        return file.read()


def rounds(wanted, seconds=120):
    """Numbers of rounds: as many as wanted, but no more once they took this long."""
    begin = time.monotonic()
    for number in range(wanted):
        if number and time.monotonic() - begin > seconds:
            return
        yield number


def in_turn(things, number):
    """The things, another one first in each round."""
    at = number % len(things)
    return things[at:] + things[:at]


def load():
    return os.getloadavg()[0]


def filesystem_of(folder):
    mounts = [line.split()[1:3] for line in open("/proc/self/mounts")]
    return max((len(where), kind) for where, kind in mounts
               if folder == where or folder.startswith(where.rstrip("/") + "/"))[1]


def machine(folder):
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return {"processors": len(os.sched_getaffinity(0)), "model": model, "kernel": platform.release(),
            "memory_gib": round(memory / 2**20, 1), "filesystem": filesystem_of(folder)}


def versions(mlpipe):
    asked = {"mlpipe": [mlpipe, "--version"], "ninja": ["ninja", "--version"], "make": ["make", "--version"],
             "snakemake": ["snakemake", "--version"], "xxhsum": ["xxhsum", "--version"], "bash": ["bash", "--version"],
             "git": ["git", "--version"]}
    told = {}
    for name, words in asked.items():
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True)
        except FileNotFoundError:
            raise Failure(f"there is no {name} here: scripts/install_dependencies.sh bench") from None
        told[name] = (done.stdout or done.stderr).splitlines()[0].strip()
    return told


class Results:
    """Prints a line for each comparison as soon as it is made, and keeps all of it for the JSON file."""

    def __init__(self, judges):
        """`judges`: whether a goal that is reached or missed means anything."""
        self.rows = []
        self.judges = judges

    def heading(self):
        print(f"{'row':18} {'mlpipe':>12} {'beside':>32} {'ratio':>7}  goal", flush=True)

    def add(self, row, ours, beside="", theirs=(), unit="ms", goal=None, most=None, note=""):
        """`ours` and `theirs`: what was measured in each round, in seconds if the unit is a time's. `goal`: the ratio of
        medians to reach; `most`: the value of ours to reach."""
        factor = {"ms": 1e3, "s": 1.0}.get(unit, 1.0)
        here = median(ours)
        there = median(theirs) if theirs else None
        met = None
        if self.judges and goal is not None:
            met = here / there <= goal
        if self.judges and most is not None:
            met = here <= most
        self.rows.append({"row": row, "unit": "s" if unit in ("ms", "s") else unit, "mlpipe": list(ours), "beside": beside,
                          "theirs": list(theirs), "ratio": here / there if theirs else None, "goal_ratio": goal,
                          "goal_value": most, "met": met, "note": note})
        other = f"{beside} {there * factor:.1f} {unit}" if theirs else beside
        ratio = f"{here / there:.2f}" if theirs else ""
        wanted = "-" if met is None else f"<= {goal:.2f}" if goal is not None else f"<= {most * factor:g} {unit}"
        said = "" if met is None else "  met" if met else "  MISSED"
        counted = f"{len(ours)}" if not theirs or len(ours) == len(theirs) else f"{len(ours)} and {len(theirs)}"
        print(f"{row:18} {here * factor:9.1f} {unit:>2} {other:>32} {ratio:>7}  {wanted}{said}"
              f"  (rounds: {counted}{'; ' + note if note else ''})", flush=True)

    def write(self, path, **more):
        with open(path, "w") as file:
            json.dump({**more, "rows": self.rows}, file, indent=1)
            file.write("\n")


def say(text):
    print(f"# {text}", file=sys.stderr, flush=True)
