#!/usr/bin/env bash
# Whatever a plan looks at (strace tells) is remembered with a run that found nothing new, but for what belongs to the
# program, to the kernel, and to the state directory.
. "$(dirname "$0")/running.sh"
command -v strace >/dev/null || skip "no strace"
strace -f -o /dev/null true 2>/dev/null || skip "this machine does not let programs be traced"
export HOME=$work/home PATH=/usr/bin:/bin
mkdir -p home project/src/deep project/data/sub project/outside
cd project
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  a: {source_directory: src, include: [deep, a.sh], hash_paths: [../extra], command: "cat deep/x >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  b: {component: ./comp.yaml, inputs: {i: "${{steps.a.outputs.o}}", d: {type: uri_folder, path: data}}}
  c: {source_directory: src, script_name: main.py, arguments: ["${{outputs.o}}"], outputs: {o: {type: uri_file, file_name: o}}}
Y
cat >comp.yaml <<'Y'
type: command
name: comp
inputs: {i: {type: uri_file}, d: {type: uri_folder}}
outputs: {o: {type: uri_file, file_name: o}}
command: "cat ${{inputs.i}} ${{inputs.d}}/f >${{outputs.o}}"
Y
echo 'open(__import__("sys").argv[1], "w").write("made")' >src/main.py
echo x >src/deep/x && echo y >src/a.sh && echo e >extra && echo f >data/f && echo g >data/sub/g && echo h >outside/h
ln -s ../outside data/link && echo '*.tmp' >src/.mlpipeignore && echo "{}" >mlpipe.yaml && echo "word: two" >words.yaml
run() { "$MLPIPE" run p.yaml --params words.yaml >/dev/null 2>&1; }
run
sleep 2.1
strace -f -y -s 4096 -e trace=%file,getdents64 -o ../trace "$MLPIPE" run p.yaml --params words.yaml >/dev/null 2>&1
strace -f -y -s 4096 -e trace=%file,getdents64 -o ../short "$MLPIPE" run p.yaml --params words.yaml >/dev/null 2>&1
expect_equal "$(find .mlpipe/cache/unchanged -type f | wc -l)" 1 "what is remembered"

/usr/bin/python3 - "$PWD" .mlpipe/cache/looks/* <<'P' || fail "not all that was looked at is remembered"
import os, re, struct, sys

project, remembered = sys.argv[1:]
state = project + "/.mlpipe"


def looks(bytes_):
    (count,) = struct.unpack_from("<Q", bytes_)
    at = 8
    for _ in range(count):
        (size,) = struct.unpack_from("<I", bytes_, at)
        path = bytes_[at + 4 : at + 4 + size].decode()
        follows, exact, there = bytes_[at + 4 + size : at + 7 + size]
        flags = follows | exact << 1 | there << 2
        at += 7 + size + (42 if there else 0)
        yield path, flags


def seen(trace):
    """(path, whether its names were read) of every call, but for those of the thread that asks git."""
    lines = [line.split(maxsplit=1) for line in open(trace, errors="surrogateescape")]
    of_git = {thread for thread, line in lines if '/HEAD"' in line}
    for thread, line in lines:
        if thread in of_git:
            continue
        if match := re.search(r"getdents64\(\d+<([^>]*)>", line):
            yield match[1], True
        elif match := re.search(r'\w+\((?:(?:AT_FDCWD<([^>]*)>|\d+<([^>]*)>), )?"([^"]*)"', line):
            folder = match[1] or match[2] or project
            yield os.path.normpath(os.path.join(folder, match[3])), False


known = {}
for path, flags in looks(open(remembered, "rb").read()):
    path = os.path.normpath(os.path.join(project, path))
    for name in {path, os.path.realpath(path)}:
        known[name] = known.get(name, 0) | flags
ours = ("/proc", "/dev", "/sys", "/etc", "/lib", "/lib64", "/usr/lib/x86_64", "/usr/lib/locale", "/usr/lib/ssl", "/usr/share/zoneinfo", state)
work = os.path.dirname(project)
objects = [path for path, flags in known.items() if path.startswith(state + "/objects/") and flags & 6 == 6]
assert len(objects) == 3, ("not each output is remembered", objects)
trace = list(seen(work + "/trace"))
assert len(trace) > 50, "the trace is empty"
missing = set()
for path, names in trace:
    if path.startswith(ours) or path == os.environ["MLPIPE"]:
        continue
    if path not in known and not (project + "/").startswith(path.rstrip("/") + "/"):  # a folder on the way
        missing.add(path)
    elif names and not known.get(path, 0) & 2:
        missing.add(path + " (its names)")
for path in sorted(missing):
    print("looked at, and not remembered:", path, file=sys.stderr)
short = [path for path, _ in seen(work + "/short") if path.startswith(project) and not path.startswith(state)]
assert project + "/src/deep/x" in short, "the short run looked at nothing"
sys.exit(bool(missing))
P
