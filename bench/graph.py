"""The graphs of the benchmark: steps, what each needs, and the shell command that is its work."""
from dataclasses import dataclass, field

GROUP = 10  # as long is a chain, so many steps share a folder of sources, so many does a join read
SOURCE_FILES = ("a.txt", "b.txt", "c.txt")  # the command reads the first

# What a step does. Its own name and all that it read get into its output: no two steps do equal work, and
# an edit changes every output that depends on it. `{` and `}` of the shell are doubled.
COMMANDS = {
    "head": 'read -r line < {source}; echo "{name} $line" > {output}',
    "link": 'read -r line < {source}; read -r data < {inputs}; echo "{name} $line $data" > {output}',
    "join": 'read -r line < {source}; {{ echo "{name} $line"; cat {inputs}; }} > {output}',
}


@dataclass
class Step:
    name: str  # its first letter tells the kind
    kind: str
    source: int  # number of its folder of sources
    needs: list = field(default_factory=list)  # numbers of steps, all before it


def chains(count):
    """Chains of ten."""
    return [Step(f"h{i}", "head", i // GROUP) if i % GROUP == 0 else Step(f"l{i}", "link", i // GROUP, [i - 1])
            for i in range(count)]


def wide(count):
    """No step needs another."""
    return [Step(f"h{i}", "head", i // GROUP) for i in range(count)]


def _joins(count):
    """How many steps join so many, ten at a time, until one is left."""
    total = 0
    while count > 1:
        count = -(-count // GROUP)
        total += count
    return total


def fan(count):
    """One head, a layer of steps that read it, and joins of ten, of those again ten, down to one. May be a few steps
    fewer than `count`."""
    layer = next(size for size in range(count, 0, -1) if 1 + size + _joins(size) <= count)
    steps = [Step("h0", "head", 0)]
    for i in range(1, layer + 1):
        steps.append(Step(f"l{i}", "link", i // GROUP, [0]))
    level = list(range(1, layer + 1))
    while len(level) > 1:
        groups = [level[at:at + GROUP] for at in range(0, len(level), GROUP)]
        level = []
        for group in groups:
            number = len(steps)
            level.append(number)
            steps.append(Step(f"j{number}", "join", number // GROUP, group))
    return steps


SHAPES = {"chains": chains, "wide": wide, "fan": fan}


def folders_of_sources(steps):
    return 1 + max(step.source for step in steps)


def due_after_edit(steps, source):
    """How many steps use this folder of sources, or need one that does."""
    due = [False] * len(steps)
    for number, step in enumerate(steps):
        due[number] = step.source == source or any(due[needed] for needed in step.needs)
    return sum(due)


def by_levels(steps):
    """The steps' numbers, those first that need nothing, then those that need only these, and so on."""
    level = []
    for step in steps:
        level.append(1 + max((level[needed] for needed in step.needs), default=0))
    return sorted(range(len(steps)), key=level.__getitem__)
