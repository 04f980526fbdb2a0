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

runs=$(mktemp --suffix=.csv)
trap 'rm -f "$runs"' EXIT
"$python" - results/lab/logs/*.jsonl > "$runs" << 'PYTHON'
import json
import sys

print("N,D,loss")
for path in sys.argv[1:]:
    for run in map(json.loads, open(path)):
        if run["purpose"] == "law" and run["kind"] == "supervised":
            print(run["parameters"], run["tokens"], run["loss"], sep=",")
PYTHON
{
  printf '# The fit against SciPy'"'"'s L-BFGS-B\n\nThe same starts, objective and analytic gradient, on one thread.\n\n'
  for law in supervised chinchilla; do
    "$python" "$here/fit.py" "$build/bench-fit" "$law" "$runs" 40 | sed 's/^  /- /; s/^\([a-z].*thread\)$/\n\1\n/'
  done
} > "$output/fit.md"
cat "$output/fit.md"

{
  printf '# Planning against SciPy'"'"'s SLSQP\n\nThe same law, bounds and budgets, on one thread. '
  "$python" "$here/allocation.py" "$build/bench-allocation"
} > "$output/allocation.md"
cat "$output/allocation.md"
