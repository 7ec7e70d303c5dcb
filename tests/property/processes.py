"""Which processes have to do with a workspace, whoever started them."""
import os
import pathlib


def said(file):
    """What /proc says; nothing of what has ended or is somebody else's."""
    try:
        return file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def is_of(process, root, word):
    words = said(process / "cmdline")
    if (word and word in words) or root in words + said(process / "environ"):
        return True
    try:
        return os.readlink(process / "cwd").startswith(root)
    except OSError:
        return False  # it has ended, or is somebody else's


def processes_of(root, word=""):
    """["PID NAME: WORDS"] of all that are somewhere below a folder, or have its path in their environment or in their
    words; or have `word` there. What has ended has none of these."""
    return [f"{process.name} {said(process / 'comm').strip()}: {said(process / 'cmdline')}"
            for process in pathlib.Path("/proc").iterdir()
            if process.name.isdigit() and int(process.name) != os.getpid() and is_of(process, str(root), word)]
