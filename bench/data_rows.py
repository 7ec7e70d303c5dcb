"""The rows on large inputs: hashing one file, hashing many, looking at many that have not changed."""
import json, os, random, re, time

from measure import check, in_turn, read, rounds, say, timed
from tools import remove
from writers import write

SETTLED = 2.1  # see graph_rows.py
FILES_A_FOLDER = 1000


class DataRows:
    """A pipeline of one step that has the data as its input. Not in a git work tree: nobody adds such data to one."""

    def __init__(self, bench, row):
        self.bench, self.row = bench, row
        self.work = f"{bench.work}/{row}"
        self.log = f"{self.work}/log"
        remove(self.work)
        os.makedirs(f"{self.work}/w")
        self.folder = f"{self.work}/w"
        self.data = f"{self.folder}/data"
        write(f"{self.folder}/mlpipe.yaml", "compute_targets:\n  local: {type: local}\n")

    def spec(self, kind):
        write(f"{self.folder}/pipeline.yaml", f"inputs: {{data: {{type: {kind}, path: ./data}}}}\nsteps:\n"
              "  use: {command: ': \"${{inputs.data}}\"', inputs: {data: '${{parent.inputs.data}}'}}\n")

    def mlpipe(self, *words, before=()):
        return timed([*before, self.bench.mlpipe, *words], self.folder, self.log)

    def fingerprint(self):
        """What mlpipe holds the data for."""
        self.mlpipe("plan", "--json", "pipeline.yaml")
        return json.loads(read(self.log))["steps"][0]["fingerprint"]

    def write_files(self, count, size):
        say(f"{self.row}: writing {count} files")
        chance = random.Random(1)
        for number in range(count):
            folder = f"{self.data}/{number // FILES_A_FOLDER}"
            if number % FILES_A_FOLDER == 0:
                os.makedirs(folder)
            with open(f"{folder}/{number}", "wb") as file:
                file.write(chance.randbytes(size))
        os.sync()
        time.sleep(SETTLED)

    def check_notices(self, count):
        """Other bytes in one of the files, and the same again: other data, and the same again."""
        path = f"{self.data}/{(count - 1) // FILES_A_FOLDER}/{count - 1}"
        with open(path, "rb") as file:
            before = file.read()
        known = self.fingerprint()
        write(path, "x" * len(before))
        check(self.fingerprint() != known, f"{self.row}: mlpipe did not notice that a file had changed")
        with open(path, "wb") as file:
            file.write(before)
        check(self.fingerprint() == known, f"{self.row}: equal data, but another fingerprint")

    def one_file(self, mebibytes):
        """From the page cache, on both sides; mlpipe without any state."""
        self.spec("uri_file")
        say(f"{self.row}: writing {mebibytes} MiB")
        block = os.urandom(1 << 20)
        with open(self.data, "wb") as file:
            for number in range(mebibytes):
                file.write(number.to_bytes(8, "little") + block[8:])
        os.sync()
        time.sleep(SETTLED)
        sides = {"mlpipe": lambda: self.mlpipe("plan", "pipeline.yaml"),
                 "xxhsum": lambda: timed(["xxhsum", "-H2", "data"], self.folder, f"{self.work}/xxhsum.log")}
        for side in sides.values():  # the file is in memory from here on
            side()
        times = {name: [] for name in sides}
        for number in rounds(self.bench.rounds):
            for name in in_turn(list(sides), number):
                remove(f"{self.folder}/.mlpipe")
                times[name].append(sides[name]())
        self.mlpipe("run", "pipeline.yaml")
        self.mlpipe("show", "latest", "use")
        ours = re.search(r"^input +data +([0-9a-f]{32})", read(self.log), re.MULTILINE)
        theirs = read(f"{self.work}/xxhsum.log").split()[0]
        check(ours and ours[1] == theirs, f"{self.row}: xxhsum says {theirs}, mlpipe {ours and ours[1]}")
        self.bench.results.add(self.row, times["mlpipe"], "xxhsum", times["xxhsum"], goal=1 / 0.9)
        remove(self.work)

    def many_files(self, count):
        """With one processor and with two. Beside it xxhsum, one process a processor, given names by xargs."""
        self.spec("uri_folder")
        self.write_files(count, 1024)
        sides = {}
        for processors in (1, 2):
            on = ["taskset", "-c", "0" if processors == 1 else "0,1"]
            hashing = f"find data -type f -print0 | xargs -0 -n 1000 -P {processors} xxhsum -H2 2>/dev/null"
            sides["mlpipe", processors] = lambda on=on: self.mlpipe("plan", "pipeline.yaml", before=on)
            sides["xxhsum", processors] = lambda on=on, words=hashing, log=f"{self.work}/xxhsum-{processors}.log": timed(
                [*on, "bash", "-c", words], self.folder, log)
        times = {name: [] for name in sides}
        for number in rounds(self.bench.rounds):
            for name in in_turn(list(sides), number):
                remove(f"{self.folder}/.mlpipe")
                times[name].append(sides[name]())
        told = [read(f"{self.work}/xxhsum-{processors}.log") for processors in (1, 2)]
        hashed = len(re.findall(r"^[0-9a-f]{32}  data/", told[0], re.MULTILINE))
        check(hashed == count, f"{self.row}: xxhsum hashed {hashed} files, not {count}")
        check(len(told[0]) == len(told[1]), f"{self.row}: xxhsum says more or less with two processes than with one")
        self.check_notices(count)
        add = self.bench.results.add
        for processors in (1, 2):
            add(self.row, times["mlpipe", processors], f"xxhsum -P {processors}", times["xxhsum", processors],
                note=f"{processors} processor" + "s" * (processors - 1))
        for tool in ("mlpipe", "xxhsum"):
            add(self.row, times[tool, 2], "1 processor", times[tool, 1], note=f"{tool} with 2 and with 1")
        remove(self.work)

    def unchanged_files(self, count):
        """A run that has nothing to do but to look at every file, beside a bare look (walk.cpp)."""
        self.spec("uri_folder")
        self.write_files(count, 16)
        self.mlpipe("run", "pipeline.yaml")
        self.mlpipe("run", "pipeline.yaml")
        walk_log = f"{self.work}/walk.log"
        sides = {"mlpipe": lambda: self.mlpipe("run", "pipeline.yaml"),
                 "walk": lambda: timed([self.bench.walk, "data"], self.folder, walk_log)}
        times = {name: [] for name in sides}
        for number in rounds(self.bench.rounds):
            for name in in_turn(list(sides), number):
                times[name].append(sides[name]())
        check("nothing to do" in read(self.log), f"{self.row}: not reused: {read(self.log)}")
        check(read(walk_log) == f"{count} files, {16 * count} bytes\n", f"{self.row}: the walk found {read(walk_log)}")
        self.check_notices(count)
        self.bench.results.add(self.row, times["mlpipe"], "statx walk", times["walk"], goal=2)
        remove(self.work)
