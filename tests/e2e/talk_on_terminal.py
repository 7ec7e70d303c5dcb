#!/usr/bin/env python3
"""Runs a program on a terminal of its own and talks with it as a person would.

Usage: talk_on_terminal.py PROGRAM ARGUMENT... <<END
         expect TEXT     wait until this stands in what it printed since the last expect
         send TEXT       type this; \\n, \\x03 (Ctrl-C) and the like as in Python
       END

Prints all that the program printed and exits with its exit code; 124 if it did not say what was
expected within 20 seconds.
"""
import os
import pty
import select
import sys
import time

LIMIT = 20


def main():
    lines = [line.rstrip("\n") for line in sys.stdin if line.strip()]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    seen = b""
    looked_at = 0

    def read(seconds):
        """False at the end."""
        nonlocal seen
        if not select.select([terminal], [], [], seconds)[0]:
            return True
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            return False
        seen += chunk
        return bool(chunk)

    def give_up(why):
        os.write(1, seen)
        print(f"\ntalk_on_terminal.py: {why}", file=sys.stderr)
        os.kill(pid, 9)
        sys.exit(124)

    for line in lines:
        word, _, text = line.partition(" ")
        data = text.encode().decode("unicode_escape").encode()
        if word == "send":
            os.write(terminal, data)
            continue
        end = time.monotonic() + LIMIT
        while (at := seen.find(data, looked_at)) < 0:
            if time.monotonic() > end:
                give_up(f"did not see: {text}")
            if not read(0.1) and seen.find(data, looked_at) < 0:
                give_up(f"ended before it said: {text}")
        looked_at = at + len(data)
    end = time.monotonic() + LIMIT
    while read(0.1):
        if time.monotonic() > end:
            give_up("it does not end")
    os.write(1, seen)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
