"""Random pipelines and random edits, as plain data: a case is made from a seed alone, can be printed,
and parts of it can be left out (shrinking). Nothing here touches a file."""
import dataclasses
import random

FILES_OF_A_SOURCE = ["main.txt", "lib/part.txt", "lib/other.txt", "run.me"]


@dataclasses.dataclass
class Step:
    name: str
    source: int  # which source directory; steps may share one
    upstream: list  # (name of step, "file" or "folder")
    data: list  # which external inputs
    outputs: list  # "file", "folder" or both
    parameter: str = ""  # "" or a name
    coarse: bool = False  # early cutoff
    allow_reuse: bool = True
    path: bool = False  # its first output is copied beside the pipeline


@dataclasses.dataclass
class Case:
    seed: int
    steps: list
    sources: int
    data: list  # "file" or "folder", each an external input
    parameters: list
    actions: list  # (name, arguments…): see world.py


def random_step(rng, number, steps, case):
    upstream = []
    for other in rng.sample(steps, min(len(steps), rng.choice([0, 1, 1, 2, 3]))):
        upstream.append((other.name, rng.choice(other.outputs)))
    return Step(
        name=f"s{number}",
        source=rng.randrange(case.sources),
        upstream=upstream,
        data=rng.sample(range(len(case.data)), min(len(case.data), rng.choice([0, 1, 1, 2]))),
        outputs=rng.choice([["file"], ["folder"], ["file", "folder"]]),
        parameter=rng.choice(["", "", *case.parameters]),
        coarse=rng.random() < 0.25,
        allow_reuse=rng.random() > 0.08,
        path=rng.random() < 0.15,
    )


# How an edit changes a file or folder: world.py does it.
FILE_EDITS = ["rewrite", "same_size", "same_size_old_time", "append", "touch", "mode", "replace",
              "a_b_a"]
TREE_EDITS = ["add_file", "remove_file", "rename_file", "add_link", "retarget_link", "empty_folder"]


def random_edit(rng, case):
    """An edit of a source directory or an external input: (kind, where, which file, how, random)."""
    number = rng.randrange(1 << 30)
    if case.data and rng.random() < 0.4:
        which = rng.randrange(len(case.data))
        how = rng.choice(FILE_EDITS + (TREE_EDITS if case.data[which] == "folder" else []))
        return ("data", which, "", how, number)
    name = rng.choice(FILES_OF_A_SOURCE)
    return ("source", rng.randrange(case.sources), name, rng.choice(FILE_EDITS + TREE_EDITS), number)


def random_action(rng, case):
    kind = rng.choices(
        ["edit", "edits", "parameter", "swap_parameters", "swap_data", "run", "during", "kill", "damage",
         "two_drivers", "regenerate", "only_touch"],
        [6, 3, 2, 1, 1, 3, 5, 3, 3, 2, 1, 1])[0]
    if kind == "edit":
        return ("edit", random_edit(rng, case))
    if kind == "edits":
        return ("edits", [random_edit(rng, case) for _ in range(rng.randrange(2, 5))])
    if kind == "parameter" and case.parameters:
        return ("parameter", rng.choice(case.parameters), str(rng.randrange(4)))
    if kind == "swap_parameters" and len(case.parameters) > 1:
        return ("swap_parameters", *rng.sample(case.parameters, 2))
    if kind == "swap_data" and len(case.data) > 1:
        return ("swap_data", *rng.sample(range(len(case.data)), 2))
    if kind == "during":
        return ("during", rng.choice(case.steps).name,
                [random_edit(rng, case) for _ in range(rng.randrange(1, 4))])
    if kind == "kill":
        return ("kill", round(rng.uniform(0.0, 0.25), 3), rng.random() < 0.3)
    if kind == "damage":
        return ("damage", rng.choice(["change", "truncate", "remove_file", "remove_object", "mode"]),
                rng.randrange(1 << 30))
    if kind in ("two_drivers", "regenerate", "run", "only_touch"):
        return (kind,)
    return ("run",)


def random_case(seed):
    rng = random.Random(seed)
    count = rng.choices([rng.randrange(1, 5), rng.randrange(5, 12), rng.randrange(12, 41)], [6, 5, 1])[0]
    case = Case(seed=seed, steps=[], sources=rng.randrange(1, 4),
                data=[rng.choice(["file", "folder"]) for _ in range(rng.randrange(0, 4))],
                parameters=[f"p{i}" for i in range(rng.randrange(0, 3))], actions=[])
    for number in range(count):
        case.steps.append(random_step(rng, number, case.steps, case))
    case.actions = [random_action(rng, case) for _ in range(rng.randrange(2, 9))]
    return case


def without_step(case, name):
    """The case without a step and what refers to it."""
    steps = [dataclasses.replace(step, upstream=[u for u in step.upstream if u[0] != name])
             for step in case.steps if step.name != name]
    actions = [a for a in case.actions if not (a[0] == "during" and a[1] == name)]
    return dataclasses.replace(case, steps=steps, actions=actions)
