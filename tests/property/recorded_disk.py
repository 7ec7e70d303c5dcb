"""A file tree as a recorded sequence of system calls left it, and as a power cut at any instant may leave it.

What is modelled, of file systems with a journal (ext4, XFS, btrfs):
  * Changes of names and permissions become durable in the order they were made. fsync, fdatasync and
    syncfs, of whatever file, make durable all of them that came before.
  * The bytes of a file become durable by a flush of that file, in no order otherwise: what was written
    since may be there, or not, or in part.
  * Strict: what POSIX promises alone. A name is durable once its folder, or what it names, was flushed.
What is not:
  * Sectors torn in themselves, a disk that lies about a flush, bytes that change where nobody wrote.
  * Unwritten bytes under a size that is durable already (ext4 with data=writeback).
  * Inode numbers and times: a replayed file has new ones, so what mlpipe trusts by stat it reads again.
  * Memory maps: only SQLite's -shm file is written so; it is left out, and made anew by who opens it."""
import dataclasses
import os
import pathlib
import random
import re
import shutil


class Unknown(Exception):
    """A system call that the model cannot follow: the recording is of no use."""


# --- the recording ---------------------------------------------------------------------------------

CALLS = ("openat,open,creat,write,pwrite64,writev,pwritev,ftruncate,truncate,rename,renameat,renameat2,"
         "unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,symlinkat,link,linkat,chmod,fchmod,fchmodat,fsync,"
         "fdatasync,syncfs,sync,copy_file_range,sendfile,fallocate,setxattr,chdir,fchdir")
STRACE = ["strace", "-f", "-yy", "-xx", "-s", "10000000", "-e", "trace=" + CALLS, "-e", "signal=none"]
WHOLE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+|\?)")
BEGUN = re.compile(r"(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>(.*)$")


def text_of(word):
    return bytes(int(part, 16) for part in word.split("\\x")[1:])


def string(argument):
    found = re.match(r'^"((?:\\x..)*)"$', argument)
    if not found:
        raise Unknown(f"not a string: {argument}")
    return text_of(found.group(1))


def path_of_fd(argument):
    """'5</x>' names /x; "" for what has no name (any more)."""
    found = re.match(r"^[\w-]+<((?:\\x..)+)>(.*)$", argument)
    if not found or "deleted" in found.group(2):
        return ""
    return os.fsdecode(text_of(found.group(1)))


def calls(lines):
    """(pid, name, arguments) of each call that succeeded, in the order they ended."""
    begun = {}
    for line in lines:
        if found := BEGUN.match(line):
            begun[found.group(1)] = found.group(3)
            continue
        if found := RESUMED.match(line):
            line = f"{found.group(1)} {found.group(2)}({begun.pop(found.group(1), '')}{found.group(3)}"
        found = WHOLE.match(line)
        if found and not found.group(4).startswith(("-", "?")):
            yield found.group(1), found.group(2), re.split(r", (?![^<]*>)", found.group(3)), int(found.group(4))


# --- the tree --------------------------------------------------------------------------------------

@dataclasses.dataclass(eq=False)
class Node:
    kind: str  # "file", "folder" or "link"
    mode: int = 0o755
    names: dict = dataclasses.field(default_factory=dict)
    link: str = ""
    mark: tuple = ()  # (name, value) of an extended attribute
    writes: list = dataclasses.field(default_factory=list)  # (when, offset, bytes), or (when, size, None)
    flushed: list = dataclasses.field(default_factory=list)  # when

    def __post_init__(self):
        self.first_mode = self.mode

    def data(self, kept):
        content = bytearray()
        for when, offset, some in self.writes:
            if not kept(when):
                continue
            if some is None:
                content = content[:offset].ljust(offset, b"\0")
            else:
                content = content.ljust(offset, b"\0")
                content[offset:offset + len(some)] = some
        return bytes(content)


@dataclasses.dataclass
class Change:
    """Of names, permissions or attributes: undone by leaving it out."""
    when: int
    what: str  # "put", "take", "exchange", "mode" or "mark"
    node: Node
    folder: Node = None
    name: str = ""
    other_folder: Node = None
    other_name: str = ""
    mode: int = 0
    mark: tuple = ()


class RecordedDisk:
    """All that happens below `root`, call by call."""

    def __init__(self, root, left_out=lambda path: False):
        self.root = os.path.realpath(root)
        self.left_out = left_out
        self.changes, self.flushes = [], []
        self.now = 0
        self.top = self.read(pathlib.Path(self.root))
        self.at_first = self.copy_names(self.top)
        self.folders = {}  # of processes
        self.said = []  # when a recorded program, not what it started, wrote to its stdout
        self.read_until = {}  # (process, path): where the next copy of it begins

    def read(self, path):
        mode = path.lstat().st_mode & 0o7777
        if path.is_symlink():
            return Node("link", link=os.readlink(path))
        if path.is_dir():
            return Node("folder", mode, {each.name: self.read(each) for each in path.iterdir()})
        return Node("file", mode, writes=[(-1, 0, path.read_bytes())], flushed=[-1])

    def copy_names(self, node):
        return {node: dict(node.names), **{k: v for each in node.names.values()
                                           for k, v in self.copy_names(each).items()}}

    # Finding: a path is absolute here.

    def split(self, path):
        """(node of the folder, name), or nothing if it is not ours."""
        path = os.path.normpath(path)
        if not path.startswith(self.root + "/") or self.left_out(path):
            return None
        node = self.top
        parts = path[len(self.root) + 1:].split("/")
        for part in parts[:-1]:
            node = node.names.get(part)
            if node is None or node.kind != "folder":
                return None  # reached through a link: nothing of ours is written so
        return node, parts[-1]

    def find(self, path):
        if os.path.normpath(path or "/") == self.root:
            return self.top
        place = self.split(path) if path else None
        return place and place[0].names.get(place[1])

    def absolute(self, pid, argument, folder=None):
        path = os.fsdecode(string(argument))
        if path.startswith("/"):
            return path
        base = path_of_fd(folder) if folder else self.folders.get(pid)
        if not base:
            raise Unknown(f"where is {path} of process {pid}?")
        return os.path.join(base, path)

    # Changing, now.

    def change(self, what, node, folder=None, name="", **more):
        self.changes.append(Change(self.now, what, node, folder, name, **more))
        apply(self.changes[-1])

    def put(self, path, node):
        place = self.split(path)
        if place:
            self.change("put", node, *place)

    def take(self, path):
        place = self.split(path)
        if place and place[1] in place[0].names:
            self.change("take", place[0].names[place[1]], *place)

    def rename(self, old, new, exchange):
        source, target = self.split(old), self.split(new)
        if not source and not target:
            return
        if not source or not target:
            raise Unknown(f"a rename across the border: {old} {new}")
        self.change("exchange" if exchange else "put", source[0].names[source[1]], *target,
                    other_folder=source[0], other_name=source[1])

    def write(self, path, offset, some):
        node = self.find(path)
        if node and node.kind == "file":
            size = len(node.data(lambda when: True)) if offset is None else offset
            node.writes.append((self.now, size, some))

    def copy(self, reader, source, target, count):
        node, copied = self.find(source), self.find(target)
        begin = self.read_until.get((reader, source), 0)
        self.read_until[reader, source] = begin + count
        if copied and copied.kind == "file":
            size = len(copied.data(lambda when: True))
            whole = node.data(lambda when: True) if node else pathlib.Path(source).read_bytes()
            copied.writes.append((self.now, size, whole[begin:begin + count]))

    def flush(self, node):
        node.flushed.append(self.now)
        self.flushes.append((self.now, node))

    # The calls.

    def follow(self, lines):
        program = None
        for pid, name, arguments, result in calls(lines):
            program = program or pid
            if name == "write" and pid == program and arguments[0].startswith("1<"):
                self.said.append(self.now)
            before = (len(self.changes), len(self.flushes))
            self.call(pid, name, arguments, result)
            if before != (len(self.changes), len(self.flushes)) or "write" in name or "copy" in name:
                self.now += 1

    def call(self, pid, name, a, result):
        if a[0].startswith("AT_FDCWD<"):
            self.folders[pid] = path_of_fd(a[0])
        if name in ("openat", "open", "creat"):
            at = a[1:] if name == "openat" else a
            path = self.absolute(pid, at[0], a[0] if name == "openat" else None)
            flags = at[1] if name != "creat" else "O_CREAT|O_TRUNC"
            self.read_until.pop((pid, path), None)
            if "O_CREAT" in flags and self.split(path) and not self.find(path):
                self.put(path, Node("file", int(at[2], 8) & ~0o022 if len(at) > 2 else 0o644))
            elif "O_TRUNC" in flags and (node := self.find(path)):
                node.writes.append((self.now, 0, None))
                self.now += 1
        elif name == "write":
            self.write(path_of_fd(a[0]), None, string(a[1])[:result])
        elif name == "pwrite64":
            self.write(path_of_fd(a[0]), int(a[3]), string(a[1])[:result])
        elif name in ("copy_file_range", "sendfile"):
            source, target = (a[0], a[2]) if name == "copy_file_range" else (a[1], a[0])
            self.copy(pid, path_of_fd(source), path_of_fd(target), result)
        elif name == "ftruncate":
            self.write(path_of_fd(a[0]), int(a[1]), None)
        elif name == "fallocate" and a[1] == "0":
            node = self.find(path_of_fd(a[0]))
            if node and node.writes:
                raise Unknown("fallocate of a file that holds something")
            self.write(path_of_fd(a[0]), int(a[2]) + int(a[3]), None)
        elif name in ("rename", "renameat", "renameat2"):
            at = [(None, a[0]), (None, a[1])] if name == "rename" else [(a[0], a[1]), (a[2], a[3])]
            old, new = (self.absolute(pid, path, folder) for folder, path in at)
            self.rename(old, new, "RENAME_EXCHANGE" in a[-1])
        elif name in ("unlink", "rmdir"):
            self.take(self.absolute(pid, a[0]))
        elif name == "unlinkat":
            self.take(self.absolute(pid, a[1], a[0]))
        elif name in ("mkdir", "mkdirat"):
            at = a if name == "mkdir" else a[1:]
            path = self.absolute(pid, at[0], a[0] if name == "mkdirat" else None)
            self.put(path, Node("folder", int(at[1], 8) & ~0o022))
        elif name in ("symlink", "symlinkat"):
            path = self.absolute(pid, a[-1], a[1] if name == "symlinkat" else None)
            self.put(path, Node("link", link=os.fsdecode(string(a[0]))))
        elif name in ("chmod", "fchmodat", "fchmod"):
            path = path_of_fd(a[0]) if name == "fchmod" else self.absolute(
                pid, a[0] if name == "chmod" else a[1], None if name == "chmod" else a[0])
            if node := self.find(path):
                mode = a[2] if name == "fchmodat" else a[1]
                self.change("mode", node, mode=int(mode, 8))
        elif name == "setxattr":
            if node := self.find(self.absolute(pid, a[0])):
                self.change("mark", node, mark=(os.fsdecode(string(a[1])), string(a[2])))
        elif name in ("fsync", "fdatasync"):
            if node := self.find(path_of_fd(a[0])):
                self.flush(node)
        elif name in ("chdir", "fchdir"):
            self.folders[pid] = self.absolute(pid, a[0]) if name == "chdir" else path_of_fd(a[0])
        elif any(self.root in part for part in map(path_of_fd, a)):
            raise Unknown(f"{name}({', '.join(a)[:200]})")

    # --- what may be there after a power cut ---------------------------------------------------------

    def after(self, instant, way, rng):
        """The tree after a cut when `instant` things had happened. The ways:
        "kept"     all that was done is there, as after a kill of all processes
        "dropped"  names as they were told, and of the bytes only those that were flushed
        "latest"   all that was not flushed is gone, names too
        "torn"     some of the names and of the writes
        "strict"   names that were flushed one by one, bytes that were flushed"""
        last = max((when for when, _ in self.flushes if when < instant), default=-1)
        names_until = {"kept": instant, "dropped": instant, "latest": last + 1,
                       "torn": rng.randint(last + 1, instant), "strict": instant}[way]
        here = [each for each in self.changes if each.when < names_until]
        if way == "strict":
            here = self.strictly_durable(here, instant)
        start_over(self.changes, self.at_first)
        for change in here:
            apply(change, careful=True)
        return self.frozen(self.top, instant, way, rng)

    def strictly_durable(self, changes, instant):
        flushed = [(when, node) for when, node in self.flushes if when < instant]
        durable, touched = [], set()
        for change in reversed(changes):
            around = {change.node, change.folder, change.other_folder} - {None}
            certain = change.node in touched or any(
                when > change.when and node in around for when, node in flushed)
            if certain:
                durable.append(change)
                touched.update(around)
        return list(reversed(durable))

    def frozen(self, node, instant, way, rng):
        if node.kind == "link":
            return ("link", node.link)
        if node.kind == "folder":
            return ("folder", node.mode, node.mark, {name: self.frozen(each, instant, way, rng)
                                                     for name, each in sorted(node.names.items())})
        flushed = max((when for when in node.flushed if when < instant), default=-1)
        lucky = {when for when, _, _ in node.writes if way == "torn" and rng.random() < 0.5}
        kept = (lambda when: when < instant) if way == "kept" else (
            lambda when: when < instant and (when <= flushed or when in lucky))
        return ("file", node.mode, node.mark, node.data(kept))


def start_over(changes, at_first):
    for change in changes:
        for node in {change.node, change.folder, change.other_folder} - {None}:
            node.names, node.mode, node.mark = {}, node.first_mode, ()
    for node, names in at_first.items():
        node.names = dict(names)


def apply(change, careful=False):
    """`careful`: some earlier changes may be missing."""
    node = change.node
    if change.what == "mode":
        node.mode = change.mode
    elif change.what == "mark":
        node.mark = change.mark
    elif change.what == "take":
        if change.folder.names.get(change.name) is node:
            del change.folder.names[change.name]
    elif change.what == "exchange":
        other = change.folder.names.get(change.name)
        if careful and (other is None or change.other_folder.names.get(change.other_name) is not node):
            return
        change.folder.names[change.name], change.other_folder.names[change.other_name] = node, other
    else:
        if change.other_folder is not None and change.other_folder.names.get(change.other_name) is node:
            del change.other_folder.names[change.other_name]
        change.folder.names[change.name] = node


def write_tree(frozen, path):
    """Make it at `path`, where nothing is."""
    if frozen[0] == "link":
        path.symlink_to(frozen[1])
        return
    kind, mode, mark, content = frozen
    if kind == "folder":
        path.mkdir()
        for name, each in content.items():
            write_tree(each, path / name)
    else:
        path.write_bytes(content)
    if mark:
        os.setxattr(path, *mark)
    path.chmod(mode)


def remove_tree(path):
    if path.exists():
        for folder, _, _ in os.walk(path):
            os.chmod(folder, 0o700)
        shutil.rmtree(path)


def random_for(seed, instant, way):
    return random.Random(f"{seed} {instant} {way}")
