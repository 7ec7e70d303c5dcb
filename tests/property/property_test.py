#!/usr/bin/env python3
"""Random pipelines, edited, killed and damaged at random: what mlpipe gives in the end must be, byte for
byte, what a clean run in an empty workspace gives.

  property_test.py --mlpipe BIN --mix BIN [--cases 300] [--first SEED] [-j N] [--record FILE]

A case is made from its seed alone: `--first SEED --cases 1` replays it. A failing case is made smaller
before it is shown. --record appends the range of seeds that passed, with the commit, to a file.

  cases.py    what a case is, made from a seed     project.py  its files, pipeline and earlier states
  edits.py    how files are edited                 world.py    what is done to it, and with mlpipe
  oracle.py   what must hold                       mix.cpp     what every step runs"""
import argparse
import concurrent.futures
import dataclasses
import datetime
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import cases
import oracle
import world

TRIES_OF_A_SMALLER_CASE = 3  # kills and races do not fail each time
WAITING_FOR_ONE_AT_WORK = 12  # most cases rest some seconds, while others work


def folder_for(seed):
    """Most cases lie in memory, which is quick; some on the disk, where inode numbers come back."""
    memory = pathlib.Path("/dev/shm")
    in_memory = seed % 4 != 0 and os.access(memory, os.W_OK)
    return tempfile.mkdtemp(prefix="mlpipe-property-", dir=memory if in_memory else None)


def failure_of(case, arguments):
    """What is wrong, or "" if the case passes."""
    with world.turns:
        folder = folder_for(case.seed)
        try:
            return oracle.problem_of(case, folder, arguments.mlpipe, arguments.mix,
                                     random.Random(case.seed))
        except subprocess.TimeoutExpired as late:
            return f"it hangs: {late}"
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", folder], check=False)
            shutil.rmtree(folder, ignore_errors=True)


def fails(case, arguments):
    for _ in range(TRIES_OF_A_SMALLER_CASE):
        what = failure_of(case, arguments)
        if what:
            return what
    return ""


def smaller(case, arguments, what):
    """The case with all left out that it does not need to fail."""
    progress = True
    while progress:
        progress = False
        candidates = [dataclasses.replace(case, actions=case.actions[:i] + case.actions[i + 1:])
                      for i in reversed(range(len(case.actions)))]
        candidates += [cases.without_step(case, step.name) for step in reversed(case.steps)]
        for candidate in candidates:
            if not candidate.steps:
                continue
            found = fails(candidate, arguments)
            if found:
                case, what, progress = candidate, found, True
                break
    return case, what


def show(case, what):
    print(f"\nFAILED: seed {case.seed}: {what}\nmade smaller:")
    for step in case.steps:
        print(f"  {step}")
    print(f"  data {case.data}, links {case.linked}, {case.sources} sources, parameters {case.parameters}"
          f"{', aged' if case.aged else ''}{', plain' if case.plain else ''}")
    for action in case.actions:
        print(f"  {action}")
    sys.stdout.flush()


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mlpipe", required=True)
    parser.add_argument("--mix", required=True)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=0, help="start no case after this time")
    parser.add_argument("--stop", action="store_true", help="start no case after one that fails")
    parser.add_argument("--record", type=pathlib.Path)
    parser.add_argument("--commit", help="what --record says was tested; else HEAD")
    parser.add_argument("--no-shrink", action="store_true")
    return parser.parse_args()


def run_cases(seeds, arguments):
    """(how many cases ran, [(case, what is wrong)]). The seeds that ran are the first of the range."""
    begin = time.monotonic()
    failed = []
    done = 0
    most = arguments.jobs * WAITING_FOR_ONE_AT_WORK
    with concurrent.futures.ThreadPoolExecutor(most) as pool:
        waiting = iter(seeds)
        running = {}
        while True:
            late = arguments.seconds and time.monotonic() - begin > arguments.seconds
            late = late or (failed and arguments.stop)
            while not late and len(running) < most and (seed := next(waiting, None)) is not None:
                case = cases.random_case(seed)
                running[pool.submit(failure_of, case, arguments)] = case
            if not running:
                return done, failed
            ready, _ = concurrent.futures.wait(running, return_when="FIRST_COMPLETED")
            for future in ready:
                case = running.pop(future)
                done += 1
                if future.result():
                    failed.append((case, future.result()))
                    print(f"seed {case.seed} fails: {future.result()[:400]}", flush=True)


def record(seeds, arguments):
    commit = arguments.commit or subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True,
        cwd=pathlib.Path(__file__).parent, check=True).stdout.strip()
    with arguments.record.open("a") as file:
        file.write(f"{datetime.date.today()} {commit} seeds {seeds.start}-{seeds.stop - 1}\n")


def main():
    arguments = parsed()
    begin = time.monotonic()
    world.turns = threading.Semaphore(arguments.jobs)
    seeds = range(arguments.first, arguments.first + arguments.cases)
    print(f"seeds {seeds.start} to {seeds.stop - 1}", flush=True)
    done, failed = run_cases(seeds, arguments)
    for case, what in failed[:3]:
        show(*((case, what) if arguments.no_shrink else smaller(case, arguments, what)))
    print(f"{done} cases, {len(failed)} failed, {time.monotonic() - begin:.0f} s; of their runs "
          f"{sum(oracle.short_runs)} were not planned", flush=True)
    for case, what in failed:  # last, where a shortened log still has it
        print(f"seed {case.seed}: {what[:600]}", flush=True)
    if arguments.record and done and not failed:
        record(seeds[:done], arguments)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
