"""The measurements of bench/ssh.sh, which prepares the folder that this is started in."""
import glob, json, os, re, shutil, statistics, subprocess, sys, time

MLPIPE = os.environ["MLPIPE"]
ROUNDS, STEPS, FILES, MIB = (int(os.environ.get(name, default)) for name, default in
                             (("ROUNDS", 5), ("STEPS", 1000), ("FILES", 10000), ("MIB", 2048)))
SSH = ["ssh", "-T", "-F", "hosts/ssh_config", "a"]
BARE = os.path.abspath("hosts/a.home/bare")
median = statistics.median


def run(spec, *words):
    """One run: its wall time in seconds, and when each step got which status, as the driver told it."""
    told = {}
    begin = time.time()
    with subprocess.Popen([MLPIPE, "run", spec, "--json", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=open("err", "w"), text=True) as driver:
        for line in driver.stdout:
            at = time.time()
            event = json.loads(line)
            if event["event"] == "step_changed":
                told.setdefault(event["step"], {})[event["status"]] = at
                assert not event["reused"], event
            elif event["event"] == "run_finished":
                assert event["status"] == "Completed", event
    assert driver.returncode == 0, open("err").read()
    return time.time() - begin, told


def report(name, ours, theirs, unit=1.0, of="ms"):
    print(f"{name:46} {median(ours) * unit:9.2f} {of}, beside {median(theirs) * unit:9.2f} {of}: "
          f"{median(ours) / median(theirs):5.2f} x  ({min(ours) * unit:.2f}..{max(ours) * unit:.2f}, "
          f"{min(theirs) * unit:.2f}..{max(theirs) * unit:.2f})", flush=True)


def steps_file(name, count, output):
    with open(name, "w") as spec:
        spec.write("parameters: {n: none}\nsteps:\n")
        for i in range(count):
            if output:
                spec.write(f"  s{i}: {{command: 'echo {i} ${{{{parameters.n}}}} >\"${{{{outputs.o}}}}\"', "
                           "outputs: {o: {type: uri_file}}}\n")
            else:
                spec.write(f"  s{i}: {{command: 'echo $EPOCHREALTIME; : {i} ${{{{parameters.n}}}}'}}\n")


def dispatch():
    """From "the driver begins with a ready step" to the step's first word; beside it a line sent into an open ssh session,
    where a shell starts the same command, in the locale that steps have: bash needs 0.12 ms to load it."""
    count = 50
    steps_file("dispatch.yaml", count, False)
    ours, theirs, here = [], [], []

    def mlpipe_side(word, into, *target):
        told = run("dispatch.yaml", "-p", f"n={word}", "-j1", *target)[1]
        logs = max(glob.glob(".mlpipe/logs/*/"), key=os.path.getmtime)
        times = [float(open(f"{logs}/s{i}.1.stdout").read()) - told[f"s{i}"]["Preparing"] for i in range(count)]
        into.append(median(times))

    def bare_side():
        shell = subprocess.Popen([*SSH, "export LANG=C.UTF-8 LC_ALL=C.UTF-8; while read -r line; do bash -c \"$line\"; done"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, bufsize=0)
        times = []
        for _ in range(count + 1):
            begin = time.time()
            shell.stdin.write(b"echo $EPOCHREALTIME; : x\n")
            times.append(float(shell.stdout.readline()) - begin)
            time.sleep(0.005)
        shell.stdin.close()
        shell.wait()
        theirs.append(median(times[1:]))

    run("dispatch.yaml", "-p", "n=warm", "-j1", "--compute-target", "a")
    for number in range(ROUNDS):
        mlpipe_side(f"r{number}", ours, "--compute-target", "a")
        bare_side()
        mlpipe_side(f"l{number}", here)
    report("dispatch, beside request + spawn", ours, theirs, 1e3)
    report("dispatch, beside the same steps here", ours, here, 1e3)


def steps():
    steps_file("steps.yaml", STEPS, True)
    there, here = [], []
    run("steps.yaml", "-j2", "-p", "n=bring the helper", "--compute-target", "a")
    for number in range(max(1, ROUNDS // 2)):
        there.append(run("steps.yaml", "-j2", "-p", f"n=r{number}", "--compute-target", "a")[0])
        here.append(run("steps.yaml", "-j2", "-p", f"n=l{number}")[0])
    report(f"{STEPS} trivial steps, beside here", there, here, 1.0, "s")


def transfer_file(kind):
    with open("transfer.yaml", "w") as spec:
        spec.write(f"inputs: {{data: {{type: {kind}, path: data}}}}\n"
                   "parameters: {n: none}\nsteps:\n"
                   "  use: {command: ': ${{inputs.data}} ${{parameters.n}}', inputs: {data: '${{parent.inputs.data}}'}}\n")


def warm_memory():
    """A virtual machine gives memory that is free for some seconds back to its host, and then has to ask for each page again
    (here 1.6 s a GiB): both sides begin with as much as they need."""
    size = sum(os.path.getsize(file) for file in glob.glob("data/**", recursive=True) if os.path.isfile(file)) or os.path.getsize("data")
    with open("warm", "wb") as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    os.unlink("warm")


def sent(into, whole):
    """A run that sends the input `data`, whose hash is known: the time from Preparing to Running, and all of it."""
    time.sleep(2.2)  # what changed just now is hashed again
    subprocess.run([MLPIPE, "plan", "transfer.yaml"], check=True, stdout=subprocess.DEVNULL)
    warm_memory()
    took, told = run("transfer.yaml", "--compute-target", "a")
    into.append(told["use"]["Running"] - told["use"]["Preparing"])
    whole.append(took)
    shutil.rmtree(".mlpipe/logs", ignore_errors=True)
    for folder in glob.glob("hosts/a.home/.cache/mlpipe/workspaces/*/objects"):  # only what was sent now is kept
        subprocess.run(f"chmod -R u+w {folder} && rm -rf {folder}/*", shell=True, check=True)
    os.sync()


def beside(command, into):
    os.makedirs(BARE, exist_ok=True)
    warm_memory()
    begin = time.time()
    subprocess.run(command, shell=True, check=True)
    into.append(time.time() - begin)
    subprocess.run(f"rm -rf {BARE}; sync", shell=True, check=True)


def files():
    transfer_file("uri_folder")
    for i in range(FILES):
        os.makedirs(f"data/{i % 100}", exist_ok=True)
        with open(f"data/{i % 100}/{i}", "wb") as file:
            file.write(os.urandom(1024 + i * 7919 % 3072))
    ours, whole, theirs = [], [], []
    for number in range(ROUNDS):
        with open("data/0/0", "w") as file:
            file.write(f"round {number}")
        sent(ours, whole)
        beside(f"tar c -C data . | {' '.join(SSH)} tar x -C {BARE}", theirs)
    report(f"{FILES} small files, beside tar | ssh tar", ours, theirs, 1.0, "s")
    report("  the whole run", whole, theirs, 1.0, "s")
    shutil.rmtree("data")


def big():
    transfer_file("uri_file")
    with open("data", "wb") as file:
        for _ in range(MIB):
            file.write(os.urandom(1 << 20))
    ours, whole, theirs, flushed = [], [], [], []
    for number in range(ROUNDS):
        with open("data", "r+b") as file:
            file.write(f"round {number}".encode())
        sent(ours, whole)
        beside(f"{' '.join(SSH)} 'cat >{BARE}/f' <data", theirs)
        beside(f"{' '.join(SSH)} 'cat >{BARE}/f; sync {BARE}/f' <data", flushed)
    report(f"{MIB} MiB, beside ssh 'cat >f'", ours, theirs, 1.0, "s")
    report("  the whole run, beside ssh 'cat >f; sync f'", whole, flushed, 1.0, "s")
    os.unlink("data")


def again():
    """Bytes into and out of ssh, counted on the way."""
    transfer_file("uri_folder")
    os.makedirs("data")
    for i in range(1000):
        with open(f"data/{i}", "wb") as file:
            file.write(os.urandom(10000))
    real = shutil.which("ssh")
    os.makedirs("bin", exist_ok=True)
    with open("bin/ssh", "w") as wrapper:
        wrapper.write(f"#!/bin/bash\ntee >(wc -c >>{os.getcwd()}/in.bytes) | {real} \"$@\" | tee >(wc -c >>{os.getcwd()}/out.bytes)\n")
    os.chmod("bin/ssh", 0o755)
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{os.getcwd()}/bin:{path}"
    run("transfer.yaml", "-p", "n=bring the helper", "--compute-target", "a")
    shutil.rmtree("data/", ignore_errors=False)
    os.makedirs("data")
    for i in range(1000):
        with open(f"data/{i}", "wb") as file:
            file.write(os.urandom(10000))
    for name, words in (("first", []), ("second", ["--regenerate-outputs"]), ("one file changed:", [])):
        for file in glob.glob("*.bytes"):
            os.unlink(file)
        if name.startswith("one"):
            with open("data/500", "wb") as file:
                file.write(os.urandom(10000))
        run("transfer.yaml", "--compute-target", "a", *words)
        time.sleep(0.5)
        counted = [sum(map(int, open(f"{way}.bytes"))) for way in ("in", "out")]
        print(f"{name + ' run with 10 MB of inputs':46} {counted[0]:9} bytes there, {counted[1]} back", flush=True)
    os.environ["PATH"] = path
    shutil.rmtree("data")


for part in sys.argv[1:] or ["dispatch", "steps", "files", "big", "again"]:
    {"dispatch": dispatch, "steps": steps, "files": files, "big": big, "again": again}[part]()
