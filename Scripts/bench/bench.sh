#!/usr/bin/env bash
# Compares the trainer with PyTorch, and the fit and the planning with SciPy, side by side in one run.
# Usage: bench.sh BUILD_FOLDER OUTPUT_FOLDER; PYTHON names an interpreter that has torch and scipy.
set -euo pipefail
build=$1 output=$2 python=${PYTHON:-python3}
here=$(cd "$(dirname "$0")" && pwd)
"$python" -c 'import torch, scipy' 2> /dev/null || {
  echo "bench: $python has no torch and scipy; set PYTHON to one that has (pip install torch scipy)" >&2
  exit 1
}
"$python" "$here/compare_trainer.py" "$build/distill-train" "$output"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The lab's supervised runs, and as many distillations as the paper has: those that are drawn from its law.
"$python" - "$folder" << 'PYTHON'
import glob
import json
import sys


def runs(study, kind):
    for path in sorted(glob.glob(f"results/{study}/logs/*.jsonl")):
        for run in map(json.loads, open(path)):
            if run["purpose"] == "law" and run["kind"] == kind:
                yield run


with open(sys.argv[1] + "/supervised.csv", "w") as file:
    print("N,D,loss", file=file)
    for run in runs("lab", "supervised"):
        print(run["parameters"], run["tokens"], run["loss"], sep=",", file=file)
with open(sys.argv[1] + "/distillation.csv", "w") as file:
    print("N_S,D_S,L_T,L_S", file=file)
    for run in runs("paper", "distillation"):
        print(run["parameters"], run["tokens"], run["distillation"]["teacherLoss"], run["loss"], sep=",", file=file)
PYTHON
ln -s supervised.csv "$folder/chinchilla.csv"
{
  printf '# The fit against SciPy'"'"'s L-BFGS-B\n\nThe same starts, objective and analytic gradient, on one thread.\n\n'
  for law in supervised chinchilla distillation; do
    "$python" "$here/fit.py" "$build/bench-fit" "$law" "$folder/$law.csv" 40 | sed 's/^  /- /; s/^\([a-z].*thread\)$/\n\1\n/'
  done
} > "$output/fit.md"
cat "$output/fit.md"

{
  printf '# Planning against SciPy'"'"'s SLSQP\n\nThe same law, bounds and budgets, on one thread. '
  "$python" "$here/allocation.py" "$build/bench-allocation"
} > "$output/allocation.md"
cat "$output/allocation.md"
