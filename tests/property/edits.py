"""Edits of files as people and programs make them. Called as a program by a step in the middle of its
work: edits.py PROJECT JSON."""
import json
import os
import pathlib
import random
import sys


def other_bytes(rng, size):
    return bytes(rng.randrange(256) for _ in range(size))


def edit_file(path, how, rng):
    before = os.stat(path)
    content = path.read_bytes()
    if how == "rewrite":
        path.write_bytes(other_bytes(rng, rng.randrange(0, 40)))
    elif how in ("same_size", "same_size_old_time"):
        path.write_bytes(other_bytes(rng, len(content)))
        if how == "same_size_old_time":
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif how == "append":
        with path.open("ab") as file:
            file.write(b"+")
    elif how == "touch":
        os.utime(path)
    elif how == "mode":
        path.chmod(before.st_mode ^ 0o111)
    elif how == "replace":
        new = path.with_name(path.name + ".new")
        new.write_bytes(other_bytes(rng, max(1, len(content))))
        os.rename(new, path)
    elif how == "a_b_a":
        path.write_bytes(other_bytes(rng, len(content)))
        path.write_bytes(content)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def files_below(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def edit_tree(folder, how, rng):
    files = files_below(folder)
    if how == "add_file":
        (folder / f"added{rng.randrange(5)}").write_bytes(other_bytes(rng, 5))
    elif how == "empty_folder":
        (folder / f"empty{rng.randrange(3)}").mkdir(exist_ok=True)
    elif how == "remove_file" and len(files) > 1:
        rng.choice(files).unlink()
    elif how == "rename_file" and files:
        file = rng.choice(files)
        file.rename(file.with_name(f"renamed{rng.randrange(5)}"))
    elif how == "add_link" and files:
        link = folder / f"link{rng.randrange(3)}"
        if not link.is_symlink():
            link.symlink_to(os.path.relpath(rng.choice(files), folder))
    elif how == "retarget_link" and files:
        links = sorted(p for p in folder.iterdir() if p.is_symlink())
        if links:
            link = rng.choice(links)
            link.unlink()
            link.symlink_to(os.path.relpath(rng.choice(files), folder))
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()  # a link that leads nowhere is refused, rightly


def apply_edit(project, edit):
    kind, where, name, how, number = edit
    rng = random.Random(number)
    root = pathlib.Path(project) / f"{kind}{where}"
    target = root / name if name else root
    if how.endswith(("_file", "_link", "_folder")):
        edit_tree(root, how, rng)
    elif target.is_dir():
        files = files_below(target)
        if files:
            edit_file(rng.choice(files), how, rng)
    elif target.is_file():
        edit_file(target, how, rng)


if __name__ == "__main__":
    for each in json.loads(sys.argv[2]):
        apply_edit(sys.argv[1], each)
