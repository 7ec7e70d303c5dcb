"""Holds the schemas and mlpipe's reader together: each file is accepted by both or refused by both.

Usage: agreement.py MLPIPE REPOSITORY FOLDER [MUTANTS [SEED]]
FOLDER is an empty one to work in. The files are those of tests/schemas, the examples in specs/, and
MUTANTS of the good ones: a key dropped, misspelt or added, a value replaced by one of another type.
"""
import copy
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import jsonschema

import core_yaml

# What the reader refuses and no schema can: each error of a file that only the reader refuses must
# match one of these. (In the other direction there are no exceptions.)
BEYOND_A_SCHEMA = [re.compile(pattern) for pattern in (
    # names that have to be there
    r"the pipeline has no step '", r"has no (input|output|input or parameter|parameter) '",
    r"'.*' is data, not a parameter", r"is data: the step must have it as an input",
    r"is data and cannot be part of a text", r"cannot be used here", r"cannot hold the path of",
    r"is both a parameter and an input", r"differ only in case", r"has an input '.*' of its own",
    r"the steps form a cycle", r"leads back to itself", r"both write", r"would change", r"lies inside what",
    # values that the command line could give, or that are compared with other values of the file
    r"no value was given", r"has no path and none was given", r"is optional and has no value here", r"' has no value$",
    r"the parameter '.*' takes (?!an? (integer|number|boolean|string), not)", r"the parameter '.*' must be at (least|most)",
    r"is declared as uri_f", r"is a folder and has no file name",  # the type is that of what it is bound to
    # what an expression is replaced by, and how one is written
    r"\('\$\{\{.*\}\}'\) must be ",
    r"unknown expression '", r"begins an expression that has no", r"cannot hold an expression$",
    r"mlpipe does not know '\$\{\{", r"'\$\[\[' begins", r"is an output, which has no value here",
    r"is the step's own input, which has no value here",
    # what lies on the disk
    r"does not exist", r"is not in the source directory", r"is a file, not a folder", r"the script '.*' is not a file",
    r"cannot be run: it is not executable", r"which is also a path that exists",
    r"'state_directory' must be a folder of its own", r"is not a folder",
    # what the machine has
    r"asks for .* has ",
    # components: what they are called, where they lie, and what they need
    r"gives no value for the input '", r"is optional, but .* needs its input '", r"' is data, but .* takes a",
    r"there is no component '", r"' names no component$", r"use each other in a circle", r"cannot be opened|is a folder$",
    r"is of type '.*', but .* is of type '", r"the step '.*' is a pipeline and has no '",
    r"takes data for its input '", r"a component knows its own inputs alone",
    r"chooses from a folder, but 'code' names a file",
    # several instances are for a component with a distribution
    r"mlpipe does not run a step on several instances yet",
    # what is registered, and datastores
    r"nothing is registered here", r"the workspace has no datastore '", r"leads out of the datastore",
    r"mlpipe does not read '(azureml|runs):",
    # what is put beside the sources
    r"would be put under the name '", r"' of 'additional_includes' has no name",
    # steps that run first or last
    r"'on_init' and 'on_finalize' name the same step", r"no steps besides those of 'on_init'", r"is bound to '",
    # expressions that have a value in some places only
    r"has a value in the trial of a sweep only", r"has a value in the path of an output only",
)]

KINDS = ("pipeline", "workspace", "component")

WRONG = {  # values of every type, to put where others were
    "list": ["a"], "empty list": [], "map": {"a": "b"}, "empty map": {}, "text": "some words", "empty text": "",
    "whole number": 3, "negative": -2, "fraction": 2.5, "truth": True, "nothing": None,
}


def places(value, path=()):
    """The paths of all values in a document."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], path + (key,))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, path + (index,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def renamed(parent, old, new):
    """In place, in the same order."""
    items = [(new if key == old else key, value) for key, value in parent.items()]
    parent.clear()
    parent.update(items)


def misspelt(word, chance):
    index = chance.randrange(len(word)) if word else 0
    return word[:index] + chance.choice(["", "x", "_"]) + word[index + 1:]


def mutant(document, chance):
    """A changed copy, and what was done."""
    changed = copy.deepcopy(document)
    path = chance.choice([path for path in places(changed) if path])
    parent = at(changed, path[:-1])
    where = ".".join(map(str, path))
    kind = chance.choice(["drop", "misspell", "add", "replace", "replace", "replace"])
    if kind == "drop":
        del parent[path[-1]]
    elif kind == "misspell" and isinstance(parent, dict):
        renamed(parent, path[-1], misspelt(path[-1], chance))
    elif kind == "add" and isinstance(parent, dict):
        parent[chance.choice(["made_up", "type", "path", "name", "Description"])] = chance.choice(list(WRONG.values()))
    else:
        name = chance.choice(list(WRONG))
        parent[path[-1]] = copy.deepcopy(WRONG[name])
        kind = f"replace by {name}"
    return changed, f"{kind} at {where}"


def fitting_value(declared):
    """Something that a component's input takes, written in a step that uses the component."""
    if not isinstance(declared, dict):
        return declared
    kind = str(declared.get("type")).lower()
    if kind not in ("string", "integer", "number", "boolean"):
        return {"type": "uri_folder", "path": "./data"}
    choices = declared.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    bound = declared.get("min") if declared.get("min") is not None else declared.get("max")
    return {"string": "words", "boolean": True}.get(kind, 1 if bound is None else bound)


def pipeline_of(name, text):
    """A pipeline of one step that uses the component in the file `name` and gives it all that it needs."""
    try:
        component = core_yaml.load(text)
    except core_yaml.yaml.YAMLError:
        component = None
    inputs = component.get("inputs") if isinstance(component, dict) else None
    needed = {key: value for key, value in inputs.items()
              if not (isinstance(value, dict) and (value.get("default") is not None or value.get("optional")))
              and (value is None or isinstance(value, dict))} if isinstance(inputs, dict) else {}
    step = {"component": f"./{name}", "inputs": {key: fitting_value(value or {}) for key, value in needed.items()}}
    return json.dumps({"jobs": {"use": step}})


class Judges:
    def __init__(self, mlpipe, schemas):
        self.mlpipe = mlpipe
        self.schemas = {}
        documents = {kind: json.loads((schemas / f"{kind}.schema.json").read_text()) for kind in KINDS}
        for kind, schema in documents.items():
            jsonschema.Draft7Validator.check_schema(schema)
            # A component's schema has its definitions from that of pipelines, which lies beside it.
            store = {f"{other}.schema.json": documents[other] for other in documents}
            resolver = jsonschema.RefResolver("", schema, store=store)
            self.schemas[kind] = jsonschema.Draft7Validator(schema, resolver=resolver)

    def reader_errors(self, kind, text, folder, name):
        """The messages of the reader's errors; none if it accepts the text."""
        file = folder / name
        file.write_text(text)
        spec = file
        if kind == "component":
            spec = folder / f"use_{name}"
            spec.write_text(pipeline_of(name, text))
        if kind == "workspace":
            spec = folder / "pipeline.yaml"
            spec.write_text("steps: {a: {command: date}}\n")
        ran = subprocess.run([self.mlpipe, "validate", "--local", spec.name], cwd=folder, capture_output=True, text=True)
        file.unlink()
        if kind == "component":
            spec.unlink()
        if ran.returncode not in (0, 2):
            raise SystemExit(f"mlpipe ended with {ran.returncode}:\n{ran.stderr}\n{text}")
        errors = re.findall(r"error: (.*)", ran.stderr)
        if (ran.returncode == 2) != bool(errors):
            raise SystemExit(f"mlpipe ended with {ran.returncode}, but said:\n{ran.stderr}\n{text}")
        return errors

    def schema_errors(self, kind, text):
        try:
            document = core_yaml.load(text)
        except core_yaml.yaml.YAMLError as error:
            return [str(error)]
        return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
                for error in self.schemas[kind].iter_errors(document)]


def disagreement(reader, schema, expected=None):
    """What is wrong with two judgements, or None. `expected`: "good" or "bad", if that is known."""
    beyond = reader and all(any(pattern.search(error) for pattern in BEYOND_A_SCHEMA) for error in reader)
    if schema and not reader:
        return "only the schema refuses it"
    if reader and not schema and not (beyond and expected is None):
        return "only the reader refuses it"
    if expected == "good" and reader:
        return "it should be good"
    if expected == "bad" and not reader:
        return "it should be bad"
    return None


def main():
    mlpipe, repository, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 300
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else 2026
    judges = Judges(mlpipe, repository / "schemas")
    corpus = repository / "tests" / "schemas"

    cases = []  # kind, what it is, text, the folder with what it names, "good" or "bad" or None
    for kind in KINDS:
        for expected in ("good", "bad"):
            for file in sorted((corpus / kind / expected).glob("*.yaml")):
                cases.append((kind, f"{kind}/{expected}/{file.name}", file.read_text(), corpus / "pipeline" / "files", expected))
    for file in sorted((repository / "specs").glob("*/*.y*ml")):
        kind = "workspace" if file.name == "mlpipe.yaml" else "pipeline"
        cases.append((kind, str(file.relative_to(repository)), file.read_text(), file.parent, "good"))
    fixed = len(cases)
    if fixed < 60:
        raise SystemExit(f"only {fixed} files were found below {repository}")

    chance = random.Random(seed)
    originals = [case for case in cases if case[4] == "good" and core_yaml.load(case[2])]
    for _ in range(count):
        kind, name, text, folder, _ = chance.choice(originals)
        changed, done = mutant(core_yaml.load(text), chance)
        # JSON is YAML; what it takes for a text is quoted.
        cases.append((kind, f"{name}, {done}", json.dumps(changed, indent=1, ensure_ascii=False) + "\n", folder, None))

    copies = {}
    for folder in {case[3] for case in cases}:
        copies[folder] = work / str(len(copies))
        shutil.copytree(folder, copies[folder], ignore=shutil.ignore_patterns(".mlpipe", "out"))

    def judge(numbered):
        number, (kind, name, text, folder, expected) = numbered
        if kind == "workspace":  # it has a name of its own, so needs a folder of its own
            place = work / f"workspace{number}"
            place.mkdir()
            reader = judges.reader_errors(kind, text, place, "mlpipe.yaml")
        else:
            reader = judges.reader_errors(kind, text, copies[folder], f"case{number}.yaml")
        return name, text, reader, judges.schema_errors(kind, text), expected

    wrong = refused = beyond = refused_mutants = 0
    with ThreadPoolExecutor(4) as pool:
        for name, text, reader, schema, expected in pool.map(judge, enumerate(cases)):
            refused += bool(reader and schema)
            refused_mutants += bool(reader and schema and expected is None)
            beyond += bool(reader and not schema)
            why = disagreement(reader, schema, expected)
            if why is None:
                continue
            wrong += 1
            print(f"---- {name}: {why}\n{text}reader: {reader}\nschema: {schema}")
    print(f"{fixed} files and {count} mutants (seed {seed}): {refused} refused by both ({refused_mutants} mutants), "
          f"{beyond} only by the reader, as no schema can, {wrong} in dispute, the others accepted by both")
    # Mutants that are all good, or of a kind that no schema can judge, would show nothing.
    if refused_mutants < count // 3 or beyond > count // 4:
        raise SystemExit("the mutants are not what they should be")
    raise SystemExit(1 if wrong else 0)


main()
