"""Times the whole search of the paper's study, and asks whether dismissing starts early loses anything.

    python3 search.py BUILD_FOLDER TABLES_FOLDER

BUILD_FOLDER has the stages and bench-fit, TABLES_FOLDER the tables that logs.py writes; the paper study's store has to be
there (`make ingest`).
"""

import json
import os
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


if __name__ == "__main__":
    main()
