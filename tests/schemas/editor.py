"""Drives the language server behind VS Code's YAML extension over the corpus and the examples.

Usage: editor.py SERVER REPOSITORY FOLDER
SERVER is yaml-language-server's program, FOLDER an empty one to work in. Speaks LSP over stdio; the
server's schema store is off, so nothing leaves the machine.
"""
import json
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import threading

PATIENCE = 60  # seconds for any answer

SETTINGS = {
    "yaml": {"schemaStore": {"enable": False, "url": ""}, "validate": True, "hover": True, "completion": True,
             "schemas": {}, "yamlVersion": "1.2"},
    "http": {"proxy": "", "proxyStrictSSL": False},
    "[yaml]": {"editor.tabSize": 2}, "editor": {"tabSize": 2}, "files": {"associations": {}},
}


class Server:
    def __init__(self, program, root):
        self.process = subprocess.Popen(["node", program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers = {}
        self.diagnostics = {}
        self.configured = queue.Queue()
        self.number = 0
        threading.Thread(target=self.listen, daemon=True).start()
        self.ask("initialize", {
            "processId": None, "rootUri": root.as_uri(), "workspaceFolders": [{"uri": root.as_uri(), "name": "root"}],
            "capabilities": {"workspace": {"configuration": True}, "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]}, "publishDiagnostics": {"relatedInformation": True}}}})
        self.tell("initialized", {})
        self.configured.get(timeout=PATIENCE)

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method, parameters):
        self.send({"method": method, "params": parameters})

    def ask(self, method, parameters):
        self.number += 1
        answer = self.answers[self.number] = queue.Queue()
        self.send({"id": self.number, "method": method, "params": parameters})
        message = answer.get(timeout=PATIENCE)
        if "error" in message:
            raise SystemExit(f"{method}: {message['error']}")
        return message["result"]

    def listen(self):
        stream = self.process.stdout
        while header := stream.readline():
            length = int(header.split(b":")[1]) if header.lower().startswith(b"content-length") else 0
            while stream.readline().strip():
                pass
            self.take(json.loads(stream.read(length)))

    def take(self, message):
        if message.get("method") == "workspace/configuration":
            sections = [item["section"] for item in message["params"]["items"]]
            self.send({"id": message["id"], "result": [SETTINGS.get(section) for section in sections]})
            self.configured.put(True)
        elif message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics.setdefault(message["params"]["uri"], queue.Queue()).put(message["params"]["diagnostics"])
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        elif "id" in message:
            self.answers[message["id"]].put(message)

    def open(self, file):
        self.diagnostics.setdefault(file.as_uri(), queue.Queue())
        self.tell("textDocument/didOpen", {"textDocument": {
            "uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": file.read_text()}})

    def problems(self, file):
        """What is wrong with an opened file: (line from 1, message)."""
        found = self.diagnostics[file.as_uri()].get(timeout=PATIENCE)
        return [(problem["range"]["start"]["line"] + 1, problem["message"]) for problem in found]

    def at(self, method, file, line, character):
        return self.ask(f"textDocument/{method}", {
            "textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": character}})

    def close(self):
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(timeout=PATIENCE)


class Check:
    """Writes files with a modeline, asks the server about them, and counts what is not as expected."""

    def __init__(self, server, repository, work):
        self.server, self.repository, self.work = server, repository, work
        self.wrong = 0
        self.files = 0

    def fail(self, text):
        self.wrong += 1
        print(f"---- {text}")

    def write(self, kind, text):
        """A file for editors with its schema at a relative path, opened; the modeline is its first line."""
        self.files += 1
        file = self.work / f"file{self.files}.yaml"
        file.write_text(f"# yaml-language-server: $schema=schemas/{kind}.schema.json\n{text}")
        self.server.open(file)
        return file

    def problem_at(self, text, line, message, kind="pipeline"):
        """A problem of `text` is told at this of its lines (the modeline is line 1)."""
        file = self.write(kind, text)
        problems = self.server.problems(file)
        if not any(at == line and message in words for at, words in problems):
            self.fail(f"no '{message}' in line {line} of\n{file.read_text()}but {problems}")

    def offers(self, text, words, kind="pipeline"):
        """At the | in `text`, completion offers at least these words."""
        file, line, character = self.with_cursor(kind, text)
        found = [item["label"] for item in self.server.at("completion", file, line, character)["items"]]
        if missing := set(words) - set(found):
            self.fail(f"completion does not offer {sorted(missing)}, but {sorted(found)} in\n{text}")
        if twice := {word for word in found if found.count(word) > 1}:
            self.fail(f"completion offers {sorted(twice)} more than once in\n{text}")
        return found

    def explains(self, text, words, kind="pipeline"):
        """At the | in `text`, the hover text holds these words."""
        file, line, character = self.with_cursor(kind, text)
        found = self.server.at("hover", file, line, character)
        shown = found["contents"]["value"] if found else ""
        plain = re.sub(r"\\(.)|&nbsp;", r"\1", shown)
        if words not in plain:
            self.fail(f"hover says '{plain}' instead of '{words}' in\n{text}")

    def with_cursor(self, kind, text):
        before, after = text.split("|", 1)
        file = self.write(kind, before + after)
        self.server.problems(file)
        return file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)


def check_corpus(check):
    """The editor has nothing to say of the good files, and something of each bad one."""
    opened = []
    for kind in ("pipeline", "workspace", "component", "data", "environment", "model"):
        for expected in ("good", "bad"):
            for source in sorted((check.repository / "tests" / "schemas" / kind / expected).glob("*.yaml")):
                opened.append((f"{kind}/{expected}/{source.name}", check.write(kind, source.read_text()), expected))
    for source in sorted((check.repository / "specs").glob("*/*.y*ml")):
        if "# yaml-language-server: $schema=" not in source.read_text():
            check.fail(f"{source} names no schema for editors")
        check.server.open(source)
        opened.append((str(source), source, "good"))
    for name, file, expected in opened:
        problems = check.server.problems(file)
        if bool(problems) != (expected == "bad"):
            check.fail(f"{name}: {problems or 'nothing is told'}")
    return len(opened)


def check_lines(check):
    step = "name: x\nsteps:\n  train:\n    source_directory: ./train\n    script_name: train.py\n"
    check.problem_at(step + "    retires: 2\n", 7, "Property retires is not allowed")
    check.problem_at(step + "    allow_reuse: perhaps\n", 7, "expected true or false")
    check.problem_at(step + "    resources:\n      cpus: 2\n      memory: 8\n", 9, "expected an amount of memory with its unit")
    check.problem_at(step + "    command: date\n", 6, "either a script with arguments or a command")
    check.problem_at("steps:\n  a:\n    command: date\n  b:\n    script_name: x.py\n", 5, "source_directory")
    check.problem_at("steps:\n  a:\n    description: x\n", 3, "command")
    check.problem_at("parameters:\n  n: {type: integer, default: 3}\n  path: 3\nsteps: {a: {command: date}}\n", 4, "is not one of path")
    check.problem_at("type: pipeline\njobs:\n  a:\n    type: sweep\n    command: date\n", 4, 'Missing property "trial"')
    check.problem_at("jobs:\n  a:\n    component: ./x.yml\n    command: date\n", 5, "said in the component")
    check.problem_at("jobs:\n  a:\n    type: pipeline\n    inputs: {}\n", 3, "component")
    check.problem_at("command: date\nresources:\n  instance_count: 4\n", 4, "above the maximum of 1")
    check.problem_at("inputs:\n  n: {type: integer, default: x}\ncommand: date\n", 3, "expected a whole number", "component")
    check.problem_at("type: pipeline\nsettings: {}\n", 2, "jobs", "component")
    check.problem_at("name: x\ntype: uri_file\n", 2, "path", "data")
    check.problem_at("name: x\n", 2, "conda_file", "environment")
    check.problem_at("path: ./x\ntype: pickle\n", 3, "expected custom_model, mlflow_model or triton_model", "model")
    check.problem_at("compute_targets:\n  local:\n    type: local\n    gpus: 2\n", 5, "", "workspace")
    check.problem_at("environment: {}\n", 2, "Property environment is not allowed", "workspace")


def check_completion(check):
    step = "steps:\n  train:\n    source_directory: ./train\n    "
    check.offers(step + "|\n", ["script_name", "arguments", "command", "inputs", "outputs", "allow_reuse", "resources", "environment"])
    check.offers(step + "allow_reuse: |\n", ["true", "false"])
    check.offers(step + "resources:\n      |\n", ["cpus", "memory", "gpus"])
    check.offers(step + "outputs:\n      model:\n        type: |\n", ["uri_file", "uri_folder"])
    check.offers("|\n", ["name", "steps", "parameters", "inputs", "outputs", "settings"])
    found = check.offers("type: pipeline\njobs:\n  a:\n    type: command\n    |\n", ["code", "command", "compute", "is_deterministic"])
    if "script_name" in found:
        check.fail("completion offers script_name in an Azure ML file")
    sweep = "jobs:\n  a:\n    type: sweep\n    "
    check.offers(sweep + "|\n", ["objective", "search_space", "trial", "sampling_algorithm", "limits"])
    check.offers(sweep + "objective:\n      |\n", ["primary_metric", "goal"])
    check.offers(sweep + "objective:\n      goal: |\n", ["maximize", "minimize"])
    check.offers("type: command\n|\n", ["name", "inputs", "outputs", "command", "code", "environment"], "component")
    check.offers("inputs:\n  n:\n    |\ncommand: date\n", ["type"], "component")
    check.offers("|\n", ["name", "version", "type", "path"], "data")
    check.offers("|\n", ["name", "image", "conda_file", "build"], "environment")
    check.offers("compute_targets:\n  local:\n    |\n", ["type", "max_concurrent_steps", "gpus"], "workspace")


def check_hover(check):
    check.explains("steps:\n  a:\n    command: date\n    allow_|reuse: false\n",
                   "run the step every time, even if nothing it depends on has changed")
    check.explains("steps:\n  a:\n    comm|and: date\n", "A shell command, run by bash")
    check.explains("st|eps:\n  a:\n    command: date\n", "What they read decides the order")
    check.explains("jobs:\n  a:\n    command: date\n    is_determin|istic: false\n", "run the step every time")
    check.explains("jobs:\n  a:\n    compo|nent: ./x.yml\n", "What the step runs")
    check.explains("command: date\nadditional_in|cludes: [../x]\n", "put beside the sources", "component")
    check.explains("na|me: x\npath: ./x\n", "registered under", "model")
    check.explains("environments:\n  a:\n    py|thon: /usr/bin/python3\n", "The Python interpreter", "workspace")


def main():
    program, repository, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    shutil.copytree(repository / "schemas", work / "schemas")
    server = Server(program, work)
    check = Check(server, repository, work)
    count = check_corpus(check)
    check_lines(check)
    check_completion(check)
    check_hover(check)
    server.close()
    print(f"{count} files of the corpus and {check.files} in all were opened; {check.wrong} not as expected")
    raise SystemExit(1 if check.wrong else 0)


main()
