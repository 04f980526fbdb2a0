"""Asks other optimisers whether anything is below the fits in results/, and prints a table.

    python3 convergence.py

L-BFGS-B, BFGS and a trust-region method with the analytic gradient, and Nelder and Mead's and Powell's methods, which need
none, set out at each fit itself and from near by. The objective is that of fit.py, in the paper's coordinates. Needs NumPy
and SciPy; reads results/ and takes a few minutes.
"""

import json
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from scipy.optimize import minimize

import fit as objectives
from logs import runs

METHODS = {
    "L-BFGS-B": dict(method="L-BFGS-B", jac=True, options=dict(maxiter=2000, maxfun=20000, ftol=1e-15, gtol=1e-14)),
    "BFGS": dict(method="BFGS", jac=True, options=dict(maxiter=2000, gtol=1e-10)),
    "trust-constr": dict(method="trust-constr", jac=True, options=dict(maxiter=300, gtol=1e-12, xtol=1e-14)),
    "Nelder-Mead": dict(method="Nelder-Mead", options=dict(maxiter=20000, maxfev=20000, xatol=1e-10, fatol=1e-12, adaptive=True)),
    "Powell": dict(method="Powell", options=dict(maxiter=2000, xtol=1e-10, ftol=1e-14)),
}
# Without a gradient an evaluation says less, and fewer starts have to do.
NEAR_BY, WITHOUT_GRADIENT = 20, 5


def logs(values):
    return np.log(np.array(list(values), float))


def problem(study, law):
    """The objective over delta, the fit's point, and the document."""
    document = json.load(open(f"results/{study}/fit-{law}.json"))
    c = document["coefficients"]
    if law == "distillation":
        own = list(runs(study, "distillation"))
        f = objectives.distillation(
            logs(r["parameters"] for r in own), logs(r["tokens"] for r in own),
            logs(r["distillation"]["teacherLoss"] for r in own), logs(r["loss"] for r in own),
            document["supervised"])
        x = [np.log(c["A"]), np.log(c["B"]), c["alpha"], c["beta"], c["gamma"], c["c0"], c["c1"], c["f1"], np.log(c["d1"])]
    else:
        own = list(runs(study, "supervised"))
        f = objectives.supervised(
            logs(r["parameters"] for r in own), logs(r["tokens"] for r in own), logs(r["loss"] for r in own),
            gamma=1 if law == "chinchilla" else None)
        # A fit without an irreducible loss has the least that the search allows.
        x = [np.log(c["A"]), np.log(c["B"]), np.log(max(c["E"], 2e-9)), c["alpha"], c["beta"]]
        if law == "supervised":
            x.append(c["gamma"])
    assert len(own) == document["runs"], "the fit was made from other runs"
    return f, np.array(x), document


def main():
    print("# Is anything below the fits?\n")
    print(
        f"Each method sets out at the fit and {NEAR_BY} times from near by ({WITHOUT_GRADIENT} times without a gradient; "
        "coordinates off by 1% at random); a cell is the "
        "lowest objective that it comes to, relative to the fit's: below -1e-6 it would have found a better law.\n")
    print("| study | law | runs | fit | " + " | ".join(METHODS) + " |")
    print("| --- | --- | ---: | ---: |" + " ---: |" * len(METHODS))
    worst = 0.0
    for study in ("lab", "paper"):
        for law in ("supervised", "chinchilla", "distillation"):
            f, x, document = problem(study, law)
            best = document["objective"]
            # f1 and the exponents are not negative; log E may be.
            floor = np.full(len(x), -25.0 if law != "distillation" else 1e-3)
            floor[:2] = -np.inf
            floor[8:] = -np.inf

            def bounded(y):
                return f(np.maximum(y, floor))

            assert abs(bounded(x)[0] * objectives.DELTA / best - 1) < 1e-8, (study, law)
            random = np.random.default_rng(1)
            starts = [x] + [x * (1 + 0.01 * random.standard_normal(len(x))) for _ in range(NEAR_BY)]
            cells = []
            for name, options in METHODS.items():
                own = dict(options)
                target = bounded if own.pop("jac", False) else lambda y: bounded(y)[0]
                lowest = np.inf
                for start in starts if target is bounded else starts[:1 + WITHOUT_GRADIENT]:
                    with np.errstate(all="ignore"):
                        result = minimize(target, start, jac=target is bounded, **own)
                    if np.isfinite(result.fun):
                        lowest = min(lowest, float(result.fun) * objectives.DELTA)
                gain = lowest / best - 1
                worst = min(worst, gain)
                cells.append(f"{gain:+.1e}")
            print(f"| {study} | {law} | {document['runs']} | {best:.6e} | " + " | ".join(cells) + " |", flush=True)
    print(f"\nThe largest gain is {-worst:.1e} of the objective.")


if __name__ == "__main__":
    main()
