"""The rows on graphs of steps: first runs, runs with nothing to do, one file edited, the driver's memory."""
import os, time

import graph, tools, writers
from measure import check, in_turn, read, rounds, say, timed

SIZES = {"50": 50, "200": 200, "1k": 1_000, "10k": 10_000, "100k": 100_000}
GOALS = {"first": {"ninja": 1.5, "floor": 1.15}, "edit": {"ninja": 1.5}, "noop": {"ninja": 1.0}}
GOAL_OF_SMALL_NOOP = 2.0  # starting a process is most of it
# What changed within the last two seconds is hashed again by every run of mlpipe, so nothing is timed before that is over.
SETTLED = 2.1


class GraphRows:
    """All rows that are wanted on one graph, in a folder that has it once for each tool."""

    def __init__(self, bench, shape, size):
        self.bench = bench
        self.steps = graph.SHAPES[shape](SIZES[size])
        self.label = size if shape == "chains" else f"{size}-{shape}"
        self.work = f"{bench.work}/graph-{self.label}"
        tools.remove(self.work)
        os.makedirs(self.work)
        self.mlpipe = tools.Mlpipe(self.work, self.steps, bench.mlpipe)
        self.ninja = tools.Ninja(self.work, self.steps, bench.ninja_shell)
        self.others = [kind(self.work, self.steps) for kind in (tools.Make, tools.Snakemake)
                       if len(self.steps) <= kind.largest]
        self.edits = 0
        left_out = [kind.name for kind in (tools.Make, tools.Snakemake) if len(self.steps) > kind.largest]
        if left_out:
            say(f"{self.label}: without {' and '.join(left_out)}, too slow for {len(self.steps)} steps")
        time.sleep(SETTLED)

    def measure(self, wanted):
        """In this order: each row takes what the one before it left, or prepares what is missing."""
        for row in ("memory", "first", "noop", "complete", "edit"):
            if row in wanted:
                say(f"{row}-{self.label}: {len(self.steps)} steps, load {os.getloadavg()[0]:.1f}")
                getattr(self, row)()
        tools.remove(self.work)

    def add(self, row, times):
        """The line of each tool beside mlpipe's, times by tool."""
        for tool, theirs in times.items():
            if tool == "mlpipe" or not theirs:
                continue
            goal = GOALS.get(row, {}).get(tool)
            if goal and row == "noop" and len(self.steps) <= 1000:
                goal = GOAL_OF_SMALL_NOOP
            self.bench.results.add(f"{row}-{self.label}", times["mlpipe"], tool, theirs, goal=goal)

    def run(self, tool, expected):
        took = tool.run()
        check(tool.executed() == expected,
              f"{tool.name}, {self.label}: {tool.executed()} steps executed, not {expected}")
        return took

    def fill(self, tool_list):
        for tool in tool_list:
            if not tool.is_filled:
                self.run(tool, len(self.steps))

    def check_same(self, tool_list, ours=None):
        """All made the same bytes. mlpipe's store also has those that were there before edits."""
        ours = ours or len(self.steps)
        made = sorted(self.mlpipe.made())
        check(len(made) == ours, f"mlpipe, {self.label}: {len(made)} outputs in the store, not {ours}")
        check(len(set(made)) == ours, f"mlpipe, {self.label}: outputs that are equal")
        for tool in tool_list:
            theirs = sorted(tool.made())
            check(len(theirs) == len(self.steps),
                  f"{tool.name}, {self.label}: {len(theirs)} outputs, not {len(self.steps)}")
            odd = len(set(theirs) - set(made))
            check(odd == 0, f"{self.label}: {odd} outputs of {tool.name} have bytes that mlpipe did not make")
        last = self.steps[-1]
        check(self.mlpipe.get(last) == self.ninja.output(last),
              f"{self.label}: 'mlpipe get latest {last.name}.made' gives other bytes than ninja made")

    def first(self):
        """No state. What one tool has not written to disk yet is written before the next one starts."""
        floor = tools.Floor(self.work, self.steps, self.bench.floor)
        all_tools = [self.mlpipe, self.ninja, floor, *self.others]
        times = {tool.name: [] for tool in all_tools}
        self.edits = 0
        for number in rounds(self.bench.rounds):
            taking_part = [tool for tool in all_tools if number < tool.rounds_of_first]
            for tool in in_turn(taking_part, number):
                tool.reset()
                os.sync()
                times[tool.name].append(self.run(tool, len(self.steps)))
            self.check_same([tool for tool in taking_part if tool is not self.mlpipe])
        tools.remove(floor.folder)
        self.add("first", times)

    def noop(self):
        all_tools = [self.mlpipe, self.ninja, *self.others]
        self.fill(all_tools)
        time.sleep(SETTLED)
        times = {tool.name: [] for tool in all_tools}
        for tool in all_tools:  # what the run after a first run tidies up
            self.run(tool, 0)
        for number in rounds(2 * self.bench.rounds):
            for tool in in_turn(all_tools, number):
                times[tool.name].append(self.run(tool, 0))
        self.check_same(all_tools[1:])
        self.add("noop", times)

    def edit(self):
        """The file that the ten steps of one folder of sources read."""
        all_tools = [self.mlpipe, self.ninja, *self.others]
        self.fill(all_tools)
        source = self.steps[len(self.steps) // 2].source
        due = graph.due_after_edit(self.steps, source)
        file = graph.SOURCE_FILES[0]
        times = {tool.name: [] for tool in all_tools}
        for number in rounds(self.bench.rounds):
            for tool in all_tools:
                writers.write(f"{tool.folder}/src/{source}/{file}",
                              writers.source_text(source, file, f", edited in round {number}"))
            time.sleep(SETTLED)
            for tool in in_turn(all_tools, number):
                times[tool.name].append(self.run(tool, due))
            self.check_same(all_tools[1:], len(self.steps) + (number + 1) * due)
        self.add("edit", times)

    def complete(self):
        """What a shell asks for when one presses Tab: steps whose names begin so."""
        self.fill([self.ninja])
        times = {"mlpipe": [], "ninja": []}
        asked = {"mlpipe": [self.bench.mlpipe, "__complete", "plain", "run", "pipeline.yaml", "--only", "h1"],
                 "ninja": ["ninja", "-t", "targets", "depth", "1"]}
        for number in rounds(2 * self.bench.rounds):
            for tool in in_turn([self.mlpipe, self.ninja], number):
                times[tool.name].append(timed(asked[tool.name], tool.folder, tool.log))
        check("h10" in read(self.mlpipe.log).split(), f"{self.label}: no step h10 among the completions")
        self.add("complete", times)

    def memory(self):
        """The most that the driver had resident, beyond what it has for one step. A step's strings: its lines in the file."""
        strings = os.path.getsize(f"{self.mlpipe.folder}/pipeline.yaml") / len(self.steps)
        small = tools.Mlpipe(f"{self.work}/small", graph.chains(1), self.bench.mlpipe)
        self.mlpipe.reset()
        for kind, times, expected in (("first", 1, (1, len(self.steps))), ("noop", 3, (0, 0))):
            beyond, peak = [], []
            for _ in range(times):
                base = self.peak(small, expected[0])
                peak.append(self.peak(self.mlpipe, expected[1]))
                beyond.append((peak[-1] - base) / len(self.steps))
            self.bench.results.add(f"memory-{self.label}", beyond, f"{kind} run, a step", unit="B", most=1024 + round(strings))
            self.bench.results.add(f"memory-{self.label}", [value / 2**20 for value in peak], f"{kind} run, all", unit="MB",
                                   most=200 if len(self.steps) == 100_000 else None)
            if kind == "first":
                time.sleep(SETTLED)

    def peak(self, tool, expected):
        """By time(1): what is resident in the process that starts a program counts, and Python is larger than mlpipe."""
        counted = f"{self.work}/peak"
        timed(["/usr/bin/time", "-f", "%M", "-o", counted, *tool.words], tool.folder, tool.log)
        check(tool.executed() == expected, f"mlpipe: {tool.executed()} steps executed, not {expected}")
        tool.is_filled = True
        return int(read(counted)) * 1024
