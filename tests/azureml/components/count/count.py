import collections
import os
import sys

words, smallest, separator, counts = sys.argv[1:]
with open(words, encoding="utf-8") as file:
    found = collections.Counter(file.read().split())
order = (lambda item: (-item[1], item[0])) if os.environ["COUNT_ORDER"] == "by-number" else None
with open(counts, "w", encoding="utf-8") as file:
    for word, number in sorted(found.items(), key=order):
        if number >= int(smallest):
            file.write(f"{word}{separator}{number} {os.environ['COUNT_UNIT']}\n")
