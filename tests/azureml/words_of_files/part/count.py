import os
import sys

lines, more, kind, out = sys.argv[1:]
count = sum(len(open(path).readlines()) for path in (lines, more))
with open(os.path.join(out, "n.txt"), "w") as file:
    print(count, kind, sorted(filter(os.path.isfile, os.listdir("."))), file=file)
