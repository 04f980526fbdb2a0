"""Times SciPy's L-BFGS-B on the starts that bench-fit takes, and prints how much faster bench-fit is.

    python3 fit.py BENCH_FIT supervised|chinchilla|distillation RUNS.csv [STARTS]

Both minimise the same objective with an analytic gradient on one thread: SciPy in the paper's coordinates
(logarithms of A, B, E and d1, exponents bounded below by 0), with NumPy over the runs at once. Where JAX is
installed, its evaluation is timed as well, compiled and batched over 64 starts. BENCH_FIT is the bench-fit
executable. Needs NumPy and SciPy.
"""

import csv
import itertools
import json
import os
import subprocess
import sys
import time

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from scipy.optimize import minimize

DELTA = 1e-4
LOGS, EXPONENTS = (0, 5, 10, 15, 20), (0, 0.5, 1, 1.5)
PUBLISHED = dict(A=3355, B=18186, E=1.220, alpha=0.408, beta=0.431, gamma=0.452)


def softplus(x):
    """log(1 + e^x) and its derivative."""
    u = np.exp(-np.abs(x))
    return np.maximum(x, 0) + np.log1p(u), np.where(x > 0, 1, u) / (1 + u)


def huber(residual, columns):
    """The objective over delta, and its gradient from the columns of the Jacobian."""
    magnitude = np.abs(residual)
    clipped = np.minimum(magnitude, DELTA)
    value = np.sum(clipped * (magnitude - clipped / 2))
    return value / DELTA, columns @ (np.copysign(clipped, residual) / DELTA)


def supervised(n, d, loss, gamma=None):
    def f(x):
        a, b, e, alpha, beta = x[:5]
        g = x[5] if gamma is None else gamma
        u = a - alpha * n
        soft, share_b = softplus(b - beta * d - u)
        sizes = u + soft
        outer, share = softplus(g * sizes - e)
        by_a, by_b = share * g * (1 - share_b), share * g * share_b
        columns = [by_a, by_b, 1 - share, -by_a * n, -by_b * d]
        if gamma is None:
            columns.append(share * sizes)
        return huber(e + outer - loss, np.array(columns))

    return f


def log_capability(n, d, p=PUBLISHED):
    """log L~_S by a supervised law."""
    return np.log(p["E"] + (p["A"] * np.exp(-p["alpha"] * n) + p["B"] * np.exp(-p["beta"] * d)) ** p["gamma"])


def distillation(n, d, teacher, loss, p=PUBLISHED):
    ratio = teacher - log_capability(n, d, p)

    def f(x):
        a, b, alpha, beta, g, c0, c1, f1, d1 = x
        u = a - alpha * n
        soft, share_b = softplus(b - beta * d - u)
        sizes = u + soft
        z = (ratio - d1) / f1
        turn, turned = softplus(z)
        outer, share = softplus(g * sizes - c0 * teacher - c1 * f1 * turn - teacher)
        by_a, by_b = share * g * (1 - share_b), share * g * share_b
        columns = [by_a, by_b, -by_a * n, -by_b * d, share * sizes, -share * teacher]
        columns += [-share * f1 * turn, -share * c1 * (turn - z * turned), share * c1 * turned]
        return huber(teacher + outer - loss, np.array(columns))

    return f


def jax_line(f, law, runs, starts, seconds):
    """How JAX compares, in a line, which says so where it is not installed."""
    try:
        import jax_fit
    except ImportError:
        return "JAX: not installed"
    n, d = runs[:2]
    if law == "distillation":
        predict = jax_fit.distillation(n, d, runs[2], log_capability(n, d))
    else:
        predict = jax_fit.supervised(n, d, 1 if law == "chinchilla" else None)
    jax, values, gradients = jax_fit.time_evaluation(predict, runs[-1], starts, DELTA)
    for start, value, gradient in zip(starts, values, gradients):
        ours, slope = f(start)
        if not (np.isclose(value, ours, rtol=1e-9) and np.allclose(gradient, slope, rtol=1e-6, atol=1e-6)):
            sys.exit("fit.py: JAX and NumPy do not have the same objective")
    return (f"JAX: {1e6 * jax:.1f} us an evaluation, compiled and batched over {len(starts)} starts; ours is "
            f"{jax / seconds:.1f} times as fast")


def main():
    executable, law, path = sys.argv[1:4]
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 40
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))

    def column(*names):
        name = next(name for name in names if name in rows[0])
        return np.log([float(row[name]) for row in rows])

    free = (None, None)
    if law == "distillation":
        runs = (column("N_S", "studentParameters"), column("D_S", "studentTokens"),
                column("L_T", "teacherLoss"), column("L_S", "studentLoss"))
        f = distillation(*runs)
        three, turns = (0, 0.5, 1), (-1, -0.5, 0, 0.5, 1)
        axes = (LOGS, LOGS, three, three, three, EXPONENTS, EXPONENTS, (1e-3, 0.5, 1, 1.5), turns)
        bounds = [free] * 2 + [(0, None)] * 5 + [(1e-3, None), free]
    else:
        runs = (column("N", "parameters"), column("D", "tokens"), column("loss", "L"))
        chinchilla = law == "chinchilla"
        f = supervised(*runs, gamma=1 if chinchilla else None)
        axes = (LOGS, LOGS, (-1, -0.5, 0, 0.5, 1, 1.5), EXPONENTS, EXPONENTS)
        axes += () if chinchilla else (EXPONENTS,)
        bounds = [free] * 3 + [(0, None)] * (2 if chinchilla else 3)
    grid = list(itertools.product(*axes))
    def points(count):
        return [np.array(grid[i * 7654321 % len(grid)], float) for i in range(min(count, len(grid)))]

    starts = points(count)
    begin = time.perf_counter()
    results = [
        minimize(f, x, jac=True, method="L-BFGS-B", bounds=bounds,
                 options=dict(maxiter=1000, maxfun=5000, ftol=1e-9, gtol=1e-12))
        for x in starts
    ]
    seconds = time.perf_counter() - begin
    evaluations = sum(result.nfev for result in results)
    best = min(result.fun for result in results) * DELTA
    ours = json.loads(subprocess.run(
        [executable, "--law", law, "--runs", path, "--starts", str(max(count, 400))],
        check=True, capture_output=True, text=True).stdout)
    ratio_evaluation = seconds / evaluations / ours["secondsPerEvaluation"]
    ratio_start = seconds / len(starts) / ours["secondsPerStart"]
    print(f"{law}, {len(rows)} runs, one thread")
    print(f"  SciPy: {len(starts)} starts, {evaluations / len(starts):.0f} evaluations a start, "
          f"{1e6 * seconds / evaluations:.1f} us each, best objective {best:.6e}")
    # Ours also sums up the normal equations where it takes a step; the time is that of objective and gradient alone.
    print(f"  ours:  {ours['starts']} starts, {ours['evaluations'] / ours['starts']:.0f} evaluations a start, "
          f"{1e6 * ours['secondsPerEvaluation']:.2f} us for objective and gradient, best objective {ours['best']:.6e}")
    print("  " + jax_line(f, law, runs, points(64), ours["secondsPerEvaluation"]))
    if law == "distillation":
        limit = ours["secondsOfThreeSoftPlus"]
        print(f"  limit: the same number of exponentials and logarithms alone takes {1e6 * limit:.2f} us; ours takes "
              f"{ours['secondsPerEvaluation'] / limit:.2f} times as long")
    print(f"  against SciPy, ours is {ratio_evaluation:.0f} times as fast an evaluation, {ratio_start:.0f} times a start "
          f"followed to the end")


if __name__ == "__main__":
    main()
