#!/usr/bin/env bash
# Compares the trainer with PyTorch, the fit with SciPy and, where it is installed, JAX, and the planning with SciPy, side by
# side in one run.
# Usage: bench.sh BUILD_FOLDER OUTPUT_FOLDER [PART...]; PYTHON names an interpreter that has torch and scipy.
# Parts are trainer, fit, search, convergence and allocation; all of them unless some are named.
set -euo pipefail
build=$1 output=$2 python=${PYTHON:-python3}
parts=("${@:3}")
[ ${#parts[@]} -gt 0 ] || parts=(trainer fit search convergence allocation)
here=$(cd "$(dirname "$0")" && pwd)
for part in "${parts[@]}"; do
  case $part in
    trainer) module=torch ;;
    fit | convergence | allocation) module=scipy ;;
    # The search is compared with itself.
    *) continue ;;
  esac
  "$python" -c "import $module" 2> /dev/null || {
    echo "bench: $part needs $module, which $python has not; set PYTHON to one that has (pip install torch scipy jax)" >&2
    exit 1
  }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder" "$output"/*.new' EXIT
"$python" "$here/logs.py" "$folder"
ln -s supervised.csv "$folder/chinchilla.csv"

trainer() {
  "$python" "$here/compare_trainer.py" "$build/distill-train" "$output"
}
fit() {
  printf '# The fit against SciPy'"'"'s L-BFGS-B and JAX\n\nThe same starts, objective and gradient, on one thread. JAX derives the gradient itself.\n\n'
  for law in supervised chinchilla distillation; do
    "$python" "$here/fit.py" "$build/bench-fit" "$law" "$folder/$law.csv" 40 | sed 's/^  /- /; s/^\([a-z].*thread\)$/\n\1\n/'
  done
}
search() {
  "$python" "$here/search.py" "$build" "$folder"
}
convergence() {
  "$python" "$here/convergence.py"
}
allocation() {
  printf '# Planning against SciPy'"'"'s SLSQP\n\nThe same law, bounds and budgets, on one thread. '
  "$python" "$here/allocation.py" "$build/bench-allocation"
}

for part in "${parts[@]}"; do
  case $part in
    trainer) trainer ;;
    fit | search | convergence | allocation)
      "$part" > "$output/$part.md.new"
      mv "$output/$part.md.new" "$output/$part.md"
      cat "$output/$part.md" ;;
    *)
      echo "bench: no part \"$part\": expected trainer, fit, search, convergence or allocation" >&2
      exit 1 ;;
  esac
done
