"""The benchmark. Started by scripts/bench.sh, which says how; what each row is: bench/README.md."""
import argparse, datetime, os, sys

import data_rows, graph, history_row
from graph_rows import SIZES, GraphRows
from measure import Failure, Results, in_turn, load, machine, rounds, timed, versions
from tools import remove

GRAPH_ROWS = ("memory", "first", "noop", "complete", "edit")
DATA_ROWS = {
    "hash-4g": (data_rows.DataRows.one_file, 4096), "hash-64m": (data_rows.DataRows.one_file, 64),
    "hash-100k-files": (data_rows.DataRows.many_files, 100_000), "hash-2k-files": (data_rows.DataRows.many_files, 2_000),
    "walk-1m": (data_rows.DataRows.unchanged_files, 1_000_000), "walk-2k": (data_rows.DataRows.unchanged_files, 2_000),
}
HISTORY_ROWS = {"history-100k": 100_000, "history-1k": 1_000}
QUICK = ["version", "first-200", "noop-200", "complete-200", "memory-200", "edit-50-fan", "hash-64m", "hash-2k-files",
         "walk-2k", "history-1k"]
DEFAULT = ["version", "first-1k", "noop-1k", "edit-1k", "first-1k-wide", "first-1k-fan", "first-10k", "noop-10k",
           "complete-10k", "edit-10k", "memory-10k", "hash-4g", "hash-100k-files", "history-100k"]
MORE = ["first-100k", "noop-100k", "edit-100k", "memory-100k", "noop-10k-wide", "noop-10k-fan", "edit-10k-fan",
        "walk-1m"]


class Bench:
    """What every row needs to know."""

    def __init__(self, options):
        self.mlpipe = os.path.realpath(options.mlpipe)
        self.folder = os.path.realpath(options.folder)
        self.work = f"{self.folder}/work"
        self.floor, self.walk = f"{self.folder}/floor", f"{self.folder}/walk"
        self.rounds = options.rounds or (1 if options.quick else 5)
        self.ninja_shell = options.ninja_shell
        self.results = Results(judges=not options.quick)


def graph_row(name):
    """(row, size, shape) of a name like first-10k or first-10k-wide; None if it is no such row."""
    row, size, shape = (name.split("-") + ["", "", ""])[:3]
    shape = shape or "chains"
    known = row in GRAPH_ROWS and size in SIZES and shape in graph.SHAPES and name.count("-") <= 2
    return (row, size, shape) if known else None


def parse(words):
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description="Compares mlpipe with other tools on equal work.",
                                     epilog=f"Rows: version; {', '.join(GRAPH_ROWS)} with a size ({', '.join(SIZES)}) and a shape, "
                                     f"as in first-10k or noop-1k-fan ({', '.join(graph.SHAPES)}; without: chains); "
                                     f"{', '.join([*DATA_ROWS, *HISTORY_ROWS])}. Without any: {' '.join(DEFAULT)}.")
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--quick", action="store_true", help="the smallest sizes, once: only whether it works")
    parser.add_argument("--all", action="store_true", help=f"also those that take long: {' '.join(MORE)}")
    parser.add_argument("--ninja-shell", default="sh", choices=["sh", "bash"], help="what ninja runs commands by (sh)")
    parser.add_argument("--rounds", type=int, help="instead of 5; rows that take long have fewer")
    parser.add_argument("--mlpipe", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--folder", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    for row in options.rows:
        if not (row == "version" or graph_row(row) or row in DATA_ROWS or row in HISTORY_ROWS):
            parser.error(f"no row {row}")
    options.rows = options.rows or (QUICK if options.quick else DEFAULT + MORE * options.all)
    return options


def version_row(bench):
    """From the start of the process to its end, where there is nothing to do at all."""
    words = {"mlpipe": [bench.mlpipe, "--version"], "ninja": ["ninja", "--version"]}
    times = {name: [] for name in words}
    for number in rounds(8 * bench.rounds):
        for name in in_turn(list(words), number):
            times[name].append(timed(words[name], bench.work, f"{bench.work}/version.log"))
    bench.results.add("version", times["mlpipe"], "ninja", times["ninja"], goal=2)


def measure(bench, wanted):
    graphs = {}  # the rows on one graph share its folder
    for name in wanted:
        found = graph_row(name)
        if found:
            graphs.setdefault(found[1:], []).append(found[0])
    if "version" in wanted:
        version_row(bench)
    for (size, shape), rows in graphs.items():
        GraphRows(bench, shape, size).measure(rows)
    for name in wanted:
        if name in DATA_ROWS:
            row, size = DATA_ROWS[name]
            row(data_rows.DataRows(bench, name), size)
        if name in HISTORY_ROWS:
            history_row.measure(bench, name, HISTORY_ROWS[name])


def main():
    options = parse(sys.argv[1:])
    bench = Bench(options)
    os.makedirs(bench.work, exist_ok=True)
    # Slots are shared by all runs of a user: other runs on this machine must not hold up these.
    os.environ.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null",
                      MLPIPE_SLOT_DIRECTORY=f"{bench.work}/.slots")
    os.environ.pop("MLPIPE_WORKSPACE", None)
    told = {"date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"), "machine": machine(bench.folder),
            "versions": versions(bench.mlpipe), "load_before": load(), "rounds": bench.rounds,
            "ninja_shell": bench.ninja_shell}
    print(f"{told['machine']}\n{told['versions']}\nload {told['load_before']:.2f}"
          + (": beside other work" if told["load_before"] > 0.5 else ""), flush=True)
    if options.quick:
        print("--quick: only whether it works; the times mean nothing")
    bench.results.heading()
    try:
        measure(bench, options.rows)
    except Failure as failure:
        print(f"\nbench: {failure}\nWhat there was at that time: {bench.work}", file=sys.stderr)
        return 1
    finally:
        bench.results.write(f"{bench.folder}/results.json", **told, load_after=load())
    os.chdir("/")
    remove(bench.work)
    print(f"Steps on other machines: bench/ssh.sh. Raw figures: {bench.folder}/results.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
