"""Edits of files as people and programs make them."""
import os
import pathlib
import random

OUTSIDE = "outside"  # the folder that links and hash_paths lead to
PLACES = ("left", "right")  # an input that is a link leads to one of these


def other_bytes(rng, size):
    return rng.randbytes(size)


def set_time(path, before):
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def put_anew(path, content):
    """By a rename, as editors and rsync do."""
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    os.rename(new, path)


def edit_file(path, how, rng):
    before = os.stat(path)
    content = path.read_bytes()
    if how == "rewrite":
        path.write_bytes(other_bytes(rng, rng.randrange(0, 40)))
    elif how in ("same_size", "same_size_old_time"):
        path.write_bytes(other_bytes(rng, len(content)))
        if how == "same_size_old_time":
            set_time(path, before)
    elif how == "same_size_twice":  # within one tick of the file system's clock
        path.write_bytes(other_bytes(rng, len(content)))
        path.write_bytes(other_bytes(rng, len(content)))
    elif how == "append":
        with path.open("ab") as file:
            file.write(b"+")
    elif how == "touch":
        os.utime(path)
    elif how == "mode":
        path.chmod(before.st_mode ^ 0o111)
    elif how in ("replace", "replace_old_time"):
        put_anew(path, other_bytes(rng, max(1, len(content))))
        if how == "replace_old_time":
            set_time(path, before)
    elif how == "a_b_a":
        path.write_bytes(other_bytes(rng, len(content)))
        path.write_bytes(content)
        set_time(path, before)


def files_below(folder):
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())


def swap_files(one, other):
    aside = one.with_name(one.name + ".aside")
    one.rename(aside)
    other.rename(one)
    aside.rename(other)


def edit_tree(folder, outside, how, rng):
    files = files_below(folder)
    target = rng.choice(files) if files else None
    if how == "add_file":
        (folder / f"added{rng.randrange(5)}").write_bytes(other_bytes(rng, 5))
    elif how == "empty_folder":
        (folder / f"empty{rng.randrange(3)}").mkdir(exist_ok=True)
    elif how == "shadow_file" and target:  # found before the other one of its name
        (folder / target.name).write_bytes(target.read_bytes() + b"!")
    elif how == "remove_file" and len(files) > 1:
        target.unlink()
    elif how == "rename_file" and target:
        target.rename(target.with_name(f"renamed{rng.randrange(5)}"))
    elif how == "swap_file" and len(files) > 1:
        swap_files(*rng.sample(files, 2))
    elif how in ("add_link", "add_outer_link") and target:
        link = folder / f"link{rng.randrange(3)}"
        led = rng.choice(files_below(outside)) if how == "add_outer_link" else target
        if not link.is_symlink() and not link.exists():
            link.symlink_to(os.path.relpath(led, folder))
    elif how == "retarget_link" and target:
        links = sorted(p for p in folder.iterdir() if p.is_symlink())
        if links:
            link = rng.choice(links)
            link.unlink()
            link.symlink_to(os.path.relpath(rng.choice(files + files_below(outside)), folder))
    for path in folder.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()  # a link that leads nowhere is refused, rightly


def apply_edit(project, edit):
    kind, where, name, how, number = edit
    rng = random.Random(number)
    project = pathlib.Path(project)
    top = project / f"{kind}{where}"
    if how == "retarget_top":
        now = os.readlink(top)
        other = PLACES[1] if now.endswith(PLACES[0]) else PLACES[0]
        top.unlink()
        top.symlink_to(f"place{where}-{other}")
        return
    root = top.resolve()
    target = root / name if name else root
    if how.endswith(("_file", "_link", "_folder")):
        edit_tree(root, project / OUTSIDE, how, rng)
    elif target.is_dir():
        files = files_below(target)
        if files:
            edit_file(rng.choice(files), how, rng)
    elif target.is_file():
        edit_file(target, how, rng)
