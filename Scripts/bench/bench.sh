#!/usr/bin/env bash
# Compares the trainer with PyTorch and the fit with SciPy, side by side in one run.
# Usage: bench.sh BUILD_FOLDER OUTPUT_FOLDER; PYTHON names an interpreter that has torch and scipy.
set -euo pipefail
build=$1 output=$2 python=${PYTHON:-python3}
here=$(cd "$(dirname "$0")" && pwd)
"$python" -c 'import torch, scipy' 2> /dev/null || {
  echo "bench: $python has no torch and scipy; set PYTHON to one that has (pip install torch scipy)" >&2
  exit 1
}
"$python" "$here/compare_trainer.py" "$build/distill-train" "$output"
