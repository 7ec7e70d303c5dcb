#!/usr/bin/env python3
"""Lists every message the program can print: scripts/list_messages.py [--count] [FOLDER...]

A message is a string literal of at least two words in src/ (literals side by side are one), with
the place it stands: what a reviewer reads one by one. Not SQL, code for other programs, or log
formats: those stand in raw strings. With --count only the number of messages of each folder."""
import collections
import pathlib
import re
import sys

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
TOKEN = re.compile(
    r'R"(?P<tag>[A-Za-z_]*)\((?s:.*?)\)(?P=tag)"'  # raw strings
    r'|(?P<string>"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*)'
    r"|//[^\n]*|/\*(?s:.*?)\*/|'(?:[^'\\\n]|\\.)+'"
)


def messages(text):
    """Pairs of line number and text."""
    for match in TOKEN.finditer(text):
        if match["string"] is None:
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        if text[start : match.start()].lstrip().startswith("#include"):
            continue
        joined = "".join(LITERAL.findall(match["string"]))
        words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}|\\n", " ", joined))
        if len(words) >= 2 and " " in joined.strip() and not joined.lstrip().startswith(SQL):
            yield text.count("\n", 0, match.start()) + 1, joined


SQL = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "PRAGMA", "BEGIN", "WHERE", "FROM")


def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "src"
    arguments = [each for each in sys.argv[1:] if each != "--count"]
    folders = [root / each for each in arguments] or [root]
    counts = collections.Counter()
    for folder in folders:
        for file in sorted(folder.rglob("*.cpp")) + sorted(folder.rglob("*.h")):
            for line, text in messages(file.read_text()):
                place = file.relative_to(root)
                counts[place.parts[0]] += 1
                if "--count" not in sys.argv:
                    print(f"{place}:{line}: {text}")
    if "--count" in sys.argv:
        for folder, count in sorted(counts.items()):
            print(f"{folder:10} {count:5}")
        print(f"{'all':10} {sum(counts.values()):5}")


main()
