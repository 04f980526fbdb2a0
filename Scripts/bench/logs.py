"""Reads the studies' run logs; as a script it writes their tables for the other benchmarks.

    python3 logs.py FOLDER
"""

import glob
import json
import sys


def runs(study, kind):
    """The runs made for the law, as dictionaries."""
    for path in sorted(glob.glob(f"Studies/{study}/logs/*.jsonl")):
        for run in map(json.loads, open(path)):
            if run["purpose"] == "law" and run["kind"] == kind:
                yield run


def main():
    folder = sys.argv[1]
    # The lab's supervised runs, and as many distillations as the paper has: those that are drawn from its law.
    with open(folder + "/supervised.csv", "w") as file:
        print("N,D,loss", file=file)
        for run in runs("lab", "supervised"):
            print(run["parameters"], run["tokens"], run["loss"], sep=",", file=file)
    with open(folder + "/distillation.csv", "w") as file:
        print("N_S,D_S,L_T,L_S", file=file)
        for run in runs("paper", "distillation"):
            print(run["parameters"], run["tokens"], run["distillation"]["teacherLoss"], run["loss"], sep=",", file=file)


if __name__ == "__main__":
    main()
