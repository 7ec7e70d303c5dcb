"""One graph for each tool, in the tool's own way. Every writer fills a folder of its own."""
import json, os, subprocess, time

from graph import COMMANDS, SOURCE_FILES, by_levels, folders_of_sources


def source_text(source, file, edit=""):
    return f"text {file[0]} of source {source}{edit}\n"


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def write_sources(folder, steps):
    for source in range(folders_of_sources(steps)):
        os.makedirs(f"{folder}/src/{source}")
        for file in SOURCE_FILES:
            write(f"{folder}/src/{source}/{file}", source_text(source, file))


def sources_of(step):
    return " ".join(f"src/{step.source}/{file}" for file in SOURCE_FILES)


def mlpipe(folder, steps):
    """The step works in a private copy of its sources. In a git work tree, whose state each run records."""
    lines = ["name: bench", "steps:"]
    for step in steps:
        names = [f"d{i}" for i in range(len(step.needs))]
        command = COMMANDS[step.kind].format(
            name=step.name, source=SOURCE_FILES[0], output='"${{outputs.made}}"',
            inputs=" ".join('"${{inputs.%s}}"' % name for name in names))
        lines += [f"  {step.name}:", f"    source_directory: ./src/{step.source}", f"    command: {command}"]
        if names:
            needed = ", ".join('%s: "${{steps.%s.outputs.made}}"' % (name, steps[number].name)
                               for name, number in zip(names, step.needs))
            lines.append(f"    inputs: {{{needed}}}")
        lines.append("    outputs: {made: {type: uri_file, file_name: made.txt}}")
    write(f"{folder}/pipeline.yaml", "\n".join(lines) + "\n")
    write(f"{folder}/mlpipe.yaml", "compute_targets:\n  local: {type: local}\n")
    write(f"{folder}/.gitignore", ".mlpipe/\n")
    time.sleep(1.1)  # git reads files again that are as new as its index
    for words in (["init", "-q"], ["add", "-A"],
                  ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "-q", "-m", "The graph"]):
        subprocess.run(["git", *words], cwd=folder, check=True)


def ninja(folder, steps, shell="sh"):
    """`shell` is what ninja's own, /bin/sh, is to start for the work, or itself."""
    lines = []
    for kind, text in COMMANDS.items():
        command = text.replace("$", "$$").format(name="$name", source="$source", inputs="$in", output="$out")
        lines += [f"rule {kind}", "  command = " + (command if shell == "sh" else f"{shell} -c '{command}'")]
    for step in steps:
        needed = " ".join(f"out/{steps[number].name}.txt" for number in step.needs)
        lines += [f"build out/{step.name}.txt: {step.kind} {needed} | {sources_of(step)}",
                  f"  name = {step.name}", f"  source = src/{step.source}/{SOURCE_FILES[0]}"]
    write(f"{folder}/build.ninja", "\n".join(lines) + "\n")


def make(folder, steps):
    """Without make's built-in rules, which it would try for every file."""
    lines = ["MAKEFLAGS += -rR", "all: " + " ".join(f"out/{step.name}.txt" for step in steps), ".PHONY: all"]
    for step in steps:
        needed = " ".join(f"out/{steps[number].name}.txt" for number in step.needs)
        command = COMMANDS[step.kind].replace("$", "$$").format(
            name=step.name, source=f"src/{step.source}/{SOURCE_FILES[0]}", inputs=needed, output="$@")
        lines += [f"out/{step.name}.txt: {needed} {sources_of(step)}", f"\t{command}"]
    write(f"{folder}/Makefile", "\n".join(lines) + "\n")


def snakemake(folder, steps):
    """One rule for a kind of step, as its users write it; which step needs what is read from a file."""
    write(f"{folder}/steps.json", json.dumps(
        {step.name: {"data": [f"out/{steps[number].name}.txt" for number in step.needs],
                     "source": sources_of(step).split()} for step in steps}))
    lines = ["import json", "", "steps = json.load(open('steps.json'))", "", "rule all:",
             "    input: expand('out/{name}.txt', name=steps)"]
    for kind, text in COMMANDS.items():
        command = text.replace("{source}", "{input.source[0]}").replace("{inputs}", "{input.data}")
        lines += ["", f"rule {kind}:", f"    output: 'out/{{name,{kind[0]}[0-9]+}}.txt'", "    input:",
                  "        source=lambda found: steps[found.name]['source'],",
                  "        data=lambda found: steps[found.name]['data']",
                  "    shell: '" + command.replace("{name}", "{wildcards.name}") + "'"]
    write(f"{folder}/Snakefile", "\n".join(lines) + "\n")


def floor(folder, steps):
    """Its list goes by levels, so that two at a time hardly ever wait for one another."""
    order = by_levels(steps)
    place = {number: at for at, number in enumerate(order)}
    lines = []
    for step in (steps[number] for number in order):
        command = COMMANDS[step.kind].format(name=step.name, source=SOURCE_FILES[0], inputs='"$@"', output='"$0"')
        needed = ",".join(str(place[number]) for number in step.needs)
        lines.append("\t".join([step.name, f"src/{step.source}", needed, command]))
    write(f"{folder}/list", "\n".join(lines) + "\n")
