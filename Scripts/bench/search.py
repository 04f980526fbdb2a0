"""Times the whole search of the paper's study, and of tables with many rows, and asks whether dismissing starts early, or
trying them on a few of many rows, loses anything.

    python3 search.py BUILD_FOLDER TABLES_FOLDER

BUILD_FOLDER has the stages and bench-fit, TABLES_FOLDER the tables that logs.py writes; the paper study's store has to be
there (`make ingest`).
"""

import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

STORE = "build/paper/runs.sqlite"


def processor_seconds():
    """What the children that have ended kept processors busy for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def checkpoints(rows, path):
    """A table of runs with a hundred checkpoints each: losses of a Chinchilla law, noise by run and by checkpoint."""
    rng = random.Random(1)
    with open(path, "w") as file:
        file.write("N,D,loss,run\n")
        for run in range(rows // 100):
            n, d, offset = 10 ** rng.uniform(7, 10), 10 ** rng.uniform(9, 11.5), rng.gauss(0, 0.004)
            for checkpoint in range(1, 101):
                tokens = d * checkpoint / 100
                loss = (1.69 + 406.4 / n**0.34 + 410.7 / tokens**0.28) * math.exp(offset + rng.gauss(0, 0.002))
                file.write(f"{n:.6g},{tokens:.6g},{loss:.6f},{run}\n")


def many_rows(build, folder):
    print("\nTables of checkpoints. Starts are tried on a few rows spread over sizes and tokens; with `--screen` above half of the")
    print("rows they are tried on all of them. Memory is the most that the process held, reading included.\n")
    print("| rows | law | starts tried on | seconds | of processors' time | MB | objective |")
    print("| ---: | --- | --- | ---: | ---: | ---: | ---: |")
    for rows, law, screen in [(4_000, "chinchilla", None), (4_000, "chinchilla", 1_000_000), (100_000, "chinchilla", None),
                              (100_000, "supervised", None)]:
        path, fit = f"{folder}/rows-{rows}.csv", f"{folder}/rows.json"
        if not os.path.exists(path):
            checkpoints(rows, path)
        arguments = ["--law", law, "--runs", path, "--output", fit] + (["--screen", str(screen)] if screen else [])
        begin, busy = time.perf_counter(), processor_seconds()
        child = subprocess.Popen([f"{build}/distill-fit", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"search.py: distill-fit ended with status {child.returncode}")
        with open(fit) as file:
            objective = json.load(file)["objective"]
        print(f"| {rows:,} | {law} | {'all rows' if screen else 'a few'} | {time.perf_counter() - begin:.1f} | "
              f"{processor_seconds() - busy:.1f} | {usage.ru_maxrss / 1000:.0f} | {objective:.10g} |", flush=True)


def main():
    build, tables = sys.argv[1:3]
    threads = os.cpu_count()
    print("# The whole search\n")
    print(f"The paper study's fits from every start of the paper's grids, and 4,096 resamples of each, on {threads} threads.\n")
    print("| what | seconds | of processors' time |\n| --- | ---: | ---: |")
    total = [0.0, 0.0]
    with tempfile.TemporaryDirectory() as folder:
        def stage(title, name, *arguments):
            begin, busy = time.perf_counter(), processor_seconds()
            subprocess.run([f"{build}/{name}", "--runs", STORE, *arguments], check=True, stdout=subprocess.DEVNULL)
            spent = time.perf_counter() - begin, processor_seconds() - busy
            total[:] = [a + b for a, b in zip(total, spent)]
            print(f"| {title} | {spent[0]:.1f} | {spent[1]:.1f} |", flush=True)

        supervised, distillation = folder + "/supervised.json", folder + "/distillation.json"
        stage("supervised law, 9,600 starts, 73 runs", "distill-fit", "--law", "supervised", "--output", supervised)
        stage("distillation law, 216,000 starts, 697 runs", "distill-fit", "--law", "distillation", "--supervised", supervised,
              "--output", distillation)
        stage("supervised law, 4,096 resamples", "distill-bootstrap", "--law", "supervised", "--fit", supervised)
        stage("distillation law, 4,096 resamples", "distill-bootstrap", "--law", "distillation", "--fit", distillation)
    print(f"| together | {total[0]:.1f} | {total[1]:.1f} |\n")
    print("Every start followed to its end, against the search that dismisses most of them after a few steps; objectives.\n")
    print("| law | runs | starts | to the end | search | difference |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for law in ("supervised", "chinchilla", "distillation"):
        answer = json.loads(subprocess.run(
            [f"{build}/bench-fit", "--law", law, "--runs", f"{tables}/{law}.csv", "--starts", "1000000",
             "--threads", str(threads)], check=True, capture_output=True, text=True).stdout)
        best, searched = answer["best"], answer["bestOfTheWholeSearch"]
        print(f"| {law} | {answer['runs']} | {answer['starts']} | {best:.9e} | {searched:.9e} | {searched / best - 1:+.1e} |",
              flush=True)
    with tempfile.TemporaryDirectory() as folder:
        many_rows(build, folder)


if __name__ == "__main__":
    main()
