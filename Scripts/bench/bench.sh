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
"$python" "$here/logs.py" "$folder"
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

"$python" "$here/convergence.py" > "$output/convergence.md"
cat "$output/convergence.md"
