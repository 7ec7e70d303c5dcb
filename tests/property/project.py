"""The files of a case: what its pipeline reads, the pipeline itself, and earlier states of both."""
import json
import pathlib
import random
import shlex
import shutil

import cases
import edits


class Project:
    """`folder` holds project/ (the workspace), control/ (how a step is stopped in its middle) and
    states/ (earlier states of the project)."""

    def __init__(self, case, folder, mix):
        self.case, self.mix = case, mix
        self.folder = pathlib.Path(folder)
        self.root = self.folder / "project"
        self.control = self.folder / "control"
        self.values = {name: str(i) for i, name in enumerate(case.parameters)}
        self.data_of = list(range(len(case.data)))  # which file or folder an input reads: swap_data
        # What stands behind each name of an input: swap_roles.
        self.roles = {step.name: [("step", *u) for u in step.upstream] + [("data", d) for d in step.data]
                      for step in case.steps}
        self.states = []

    def write(self):
        rng = random.Random(self.case.seed)
        self.control.mkdir(parents=True)

        def write_file(path, smallest):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(edits.other_bytes(rng, rng.randrange(smallest, 50)))

        for name in cases.FILES_OUTSIDE:
            write_file(self.root / edits.OUTSIDE / name, 1)
        for number in range(self.case.sources):
            for name in cases.FILES_OF_A_SOURCE:
                write_file(self.root / f"source{number}" / name, 0)
        for number, kind in enumerate(self.case.data):
            places = [self.root / f"data{number}"]
            if self.case.linked[number]:
                places[0].symlink_to(f"place{number}-{edits.PLACES[0]}")
                places = [self.root / f"place{number}-{name}" for name in edits.PLACES]
            for place in places:
                for name in ("one", "deep/two", "deep/three") if kind == "folder" else ("",):
                    write_file(place / name if name else place, 1)
        self.write_pipeline()

    # --- the pipeline ----------------------------------------------------------------------------

    def write_pipeline(self):
        lines = ["name: random"]
        if self.case.parameters:
            lines.append("parameters: {%s}" % ", ".join(f'{name}: "x"' for name in self.case.parameters))
        lines.append("steps:")
        for step in self.case.steps:
            lines += self.step_lines(step)
        (self.root / "pipeline.yaml").write_text("\n".join(lines) + "\n")

    def step_lines(self, step):
        words = [shlex.quote(str(self.mix)), "--during", str(self.control)]
        inputs, variables, outputs = {}, {}, []
        if step.coarse:
            words.append("--coarse")
        for number, (name, way) in enumerate(step.parameters):
            value = "${{parameters.%s}}" % name
            if way == "text":
                words += ["--salt", f"'{value}'"]
            elif way == "literal":
                inputs[f"l{number}"] = f'"{value}"'
                words += ["--variable", f"MLPIPE_INPUT_l{number}"]
            else:
                variables[f"V{number}"] = f'"{value}"'
                words += ["--variable", f"V{number}"]
        for kind in step.outputs:
            words += [f"--{kind}", '"${{outputs.%s}}"' % kind]
        words.append(".")
        for position, role in enumerate(self.roles[step.name]):
            inputs[f"i{position}"] = self.input_text(role, step.modes.get(position))
            words.append('"${{inputs.i%d}}"' % position)
        if step.hash_path:
            words.append(f"'{self.root / edits.OUTSIDE / step.hash_path}'")
        for position, kind in enumerate(step.outputs):
            path = f", path: ./out/{step.name}" if step.path and position == 0 else ""
            outputs.append("%s: {type: uri_%s%s}" % (kind, kind, path))
        lines = [f"  {step.name}:", f"    source_directory: source{step.source}",
                 "    command: " + json.dumps(" ".join(words))]
        for key, items in (("inputs", inputs), ("environment_variables", variables)):
            if items:
                lines.append("    %s: {%s}" % (key, ", ".join(f"{k}: {v}" for k, v in items.items())))
        lines.append("    outputs: {%s}" % ", ".join(outputs))
        if step.hash_path:
            lines.append(f"    hash_paths: [../{edits.OUTSIDE}/{step.hash_path}]")
        if not step.allow_reuse:
            lines.append("    allow_reuse: false")
        return lines

    def input_text(self, role, mode):
        mode = f", mode: {mode}" if mode else ""
        if role[0] == "data":
            return "{type: uri_%s, path: ./data%d%s}" % (self.case.data[role[1]], self.data_of[role[1]], mode)
        return '{type: uri_%s, path: "${{steps.%s.outputs.%s}}"%s}' % (role[2], role[1], role[2], mode)

    # --- earlier states --------------------------------------------------------------------------

    def copy_files(self, source, target):
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True,
                        ignore=lambda at, _: [".mlpipe", "out"] if pathlib.Path(at) == source else [])

    def keep_state(self):
        """Remember how everything is now; the newest few are kept."""
        place = self.folder / "states" / str(len(self.states))
        self.copy_files(self.root, place)
        self.states.append((place, dict(self.values), list(self.data_of),
                            {name: list(roles) for name, roles in self.roles.items()}))

    def restore_state(self, rng):
        """Like the checkout of an earlier commit: equal bytes, and times new or old."""
        place, values, data_of, roles = rng.choice(self.states)
        for path in self.root.iterdir():
            if path.name in (".mlpipe", "out"):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.copy_files(place, self.root)
        self.values, self.data_of = dict(values), list(data_of)
        self.roles = {name: list(each) for name, each in roles.items()}
