"""Random pipelines and random edits, as plain data: a case is made from a seed alone, can be printed,
and parts of it can be left out (shrinking). Nothing here touches a file."""
import dataclasses
import random

FILES_OF_A_SOURCE = ["main.txt", "lib/part.txt", "lib/other.txt", "run.me"]
FILES_OUTSIDE = ["one", "two", "deep/three"]  # what links and hash_paths lead to
INPUT_MODES = ["ro_mount", "download"]


@dataclasses.dataclass
class Step:
    name: str
    source: int  # which source directory; steps may share one
    upstream: list  # (name of step, "file" or "folder")
    data: list  # which external inputs
    outputs: list  # "file", "folder" or both
    parameters: list  # (name, how it gets to the step: "text", "literal" or "variable")
    modes: dict = dataclasses.field(default_factory=dict)  # of inputs, by position
    hash_path: str = ""  # one of FILES_OUTSIDE, or ""
    coarse: bool = False  # early cutoff
    allow_reuse: bool = True
    path: bool = False  # its first output is copied beside the pipeline


@dataclasses.dataclass
class Case:
    seed: int
    steps: list
    sources: int
    data: list  # "file" or "folder", each an external input
    linked: list  # for each of them, whether its path is a link to one of two places
    parameters: list
    aged: bool  # old enough at the first run for hashes to be remembered by stat
    plain: bool  # what it does can be remembered as a whole: no copies at a path, no step that always runs
    actions: list  # (name, arguments…): see world.py


def random_step(rng, number, steps, case):
    if steps and rng.random() < 0.1:  # equal work under two names is executed once
        twin = rng.choice(steps)
        return dataclasses.replace(twin, name=f"s{number}", path=False)
    upstream = []
    for other in rng.sample(steps, min(len(steps), rng.choice([0, 1, 1, 2, 3]))):
        upstream.append((other.name, rng.choice(other.outputs)))
    data = rng.sample(range(len(case.data)), min(len(case.data), rng.choice([0, 1, 1, 2])))
    count = min(len(case.parameters), rng.choice([0, 1, 2, 2]))
    ways = rng.choices(["text", "literal", "variable"], k=2)
    if rng.random() < 0.7:
        ways[1] = ways[0]  # what can be mistaken for one another
    return Step(
        name=f"s{number}",
        source=rng.randrange(case.sources),
        upstream=upstream,
        data=data,
        outputs=rng.choice([["file"], ["folder"], ["file", "folder"]]),
        parameters=list(zip(rng.sample(case.parameters, count), ways)),
        modes={position: "download" for position in range(len(upstream) + len(data)) if rng.random() < 0.15},
        hash_path=rng.choice(FILES_OUTSIDE) if rng.random() < 0.15 else "",
        coarse=rng.random() < 0.25,
        allow_reuse=case.plain or rng.random() > 0.08,
        path=not case.plain and rng.random() < 0.15,
    )


# How an edit changes a file or folder: edits.py does it.
FILE_EDITS = ["rewrite", "same_size", "same_size_old_time", "same_size_twice", "append", "touch", "mode",
              "replace", "replace_old_time", "a_b_a"]
TREE_EDITS = ["add_file", "shadow_file", "remove_file", "rename_file", "swap_file", "add_link",
              "add_outer_link", "retarget_link", "empty_folder"]


def random_edit(rng, case):
    """An edit of a source directory, an external input, or what lies outside of both:
    (kind, where, which file, how, random)."""
    number = rng.randrange(1 << 30)
    dice = rng.random()
    if case.data and dice < 0.4:
        which = rng.randrange(len(case.data))
        how = FILE_EDITS + (TREE_EDITS if case.data[which] == "folder" else [])
        if case.linked[which]:
            how = how + ["retarget_top"] * 4
        return ("data", which, "", rng.choice(how), number)
    if dice < 0.5:
        read = [step.hash_path for step in case.steps if step.hash_path]
        return ("outside", "", rng.choice(read or FILES_OUTSIDE), rng.choice(FILE_EDITS), number)
    name = rng.choice(FILES_OF_A_SOURCE)
    return ("source", rng.randrange(case.sources), name, rng.choice(FILE_EDITS + TREE_EDITS), number)


def random_edits(rng, case, most):
    return [random_edit(rng, case) for _ in range(rng.randrange(1, most + 1))]


DAMAGE = ["change", "change_old_time", "truncate", "remove_file", "remove_object", "mode", "manifest"]
ACTIONS = {"edit": 6, "edits": 3, "parameter": 2, "swap_parameters": 2, "swap_data": 1, "swap_roles": 2,
           "run": 3, "during": 5, "race": 3, "kill": 3, "damage": 3, "damage_during": 1, "two_drivers": 2,
           "two_drivers_race": 2, "two_drivers_kill": 1, "regenerate": 1, "only_touch": 1, "revert": 3,
           "check": 1, "forget_stats": 1, "settle": 4, "gc": 1, "gc_beside": 1, "verify": 1, "delete": 1}
AGES = ["0s", "1s", "1h"]  # for gc


def random_moment(rng):
    return round(rng.uniform(0.0, rng.choice([0.02, 0.08, 0.25])), 4)


def random_action(rng, case):
    kind = rng.choices(list(ACTIONS), list(ACTIONS.values()))[0]
    if kind == "settle":
        return ("settle", random_action(rng, case))
    step = rng.choice(case.steps)
    if kind == "edit":
        return ("edit", random_edit(rng, case))
    if kind == "edits":
        return ("edits", random_edits(rng, case, 4))
    if kind == "parameter" and case.parameters:
        return ("parameter", rng.choice(case.parameters), str(rng.randrange(4)))
    if kind == "swap_parameters" and len(case.parameters) > 1:
        pairs = [[name for name, _ in each.parameters] for each in case.steps if len(each.parameters) == 2]
        return ("swap_parameters", *(rng.choice(pairs) if pairs else rng.sample(case.parameters, 2)))
    if kind == "swap_data" and len(case.data) > 1:
        return ("swap_data", *rng.sample(range(len(case.data)), 2))
    if kind == "swap_roles" and len(step.upstream) + len(step.data) > 1:
        return ("swap_roles", step.name, *rng.sample(range(len(step.upstream) + len(step.data)), 2))
    if kind == "during":
        return ("during", step.name, random_edits(rng, case, 3))
    if kind in ("race", "two_drivers_race"):
        return (kind, [(random_moment(rng), edit) for edit in random_edits(rng, case, 3)])
    if kind in ("kill", "two_drivers_kill"):
        return (kind, random_moment(rng), rng.choice(["driver", "driver", "supervisor", "both"]))
    if kind == "damage":
        return ("damage", rng.choice(DAMAGE), rng.randrange(1 << 30))
    if kind == "damage_during":
        return ("damage_during", step.name, rng.choice(DAMAGE), rng.randrange(1 << 30))
    if kind == "revert":
        return ("revert", rng.randrange(1 << 30))
    if kind in ("gc", "gc_beside"):
        return (kind, rng.choice(AGES), random_moment(rng))
    if kind in ("two_drivers", "regenerate", "only_touch", "check", "forget_stats", "verify", "delete"):
        return (kind,)
    return ("run",)


def random_case(seed):
    rng = random.Random(seed)
    count = rng.choices([rng.randrange(1, 5), rng.randrange(5, 12), rng.randrange(12, 41)], [7, 4, 1])[0]
    data = [rng.choice(["file", "folder"]) for _ in range(rng.randrange(0, 4))]
    case = Case(seed=seed, steps=[], sources=rng.randrange(1, 4), data=data,
                linked=[rng.random() < 0.2 for _ in data],
                parameters=[f"p{i}" for i in range(rng.randrange(0, 4))],
                aged=rng.random() < 0.7, plain=rng.random() < 0.5, actions=[])
    for number in range(count):
        case.steps.append(random_step(rng, number, case.steps, case))
    # A change means little before there is something to reuse.
    case.actions = [("run",)] if rng.random() < 0.7 else []
    case.actions += [random_action(rng, case) for _ in range(rng.randrange(2, 9))]
    if rng.random() < 0.15:
        case.actions.insert(rng.randrange(len(case.actions) + 1), ("rest",))
    return case


def names_in(action):
    """Of the steps that an action is about."""
    if action[0] == "settle":
        return names_in(action[1])
    return [action[1]] if action[0] in ("during", "damage_during", "swap_roles") else []


def without_step(case, name):
    """The case without a step and what refers to it."""
    steps = [dataclasses.replace(step, upstream=[u for u in step.upstream if u[0] != name])
             for step in case.steps if step.name != name]
    actions = [action for action in case.actions if name not in names_in(action)]
    return dataclasses.replace(case, steps=steps, actions=actions)
