"""The objective and its gradient as a user of JAX would have them: differentiated by JAX, compiled, and batched over
starts, in double precision on one thread.
"""

import os
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def supervised(n, d, gamma=None):
    def predict(x):
        a, b, e, alpha, beta = x[:5]
        g = x[5] if gamma is None else gamma
        return jnp.logaddexp(e, g * jnp.logaddexp(a - alpha * n, b - beta * d))

    return predict


def distillation(n, d, teacher, capability):
    """capability: log L~_S, by the published supervised law."""
    ratio = teacher - capability

    def predict(x):
        a, b, alpha, beta, g, c0, c1, f1, d1 = x
        sizes = jnp.logaddexp(a - alpha * n, b - beta * d)
        turn = jax.nn.softplus((ratio - d1) / f1)
        return jnp.logaddexp(teacher, g * sizes - c0 * teacher - c1 * f1 * turn)

    return predict


def time_evaluation(predict, loss, starts, delta, repetitions=40):
    """Seconds an evaluation, and the values and gradients at the starts, over delta."""

    def objective(x):
        magnitude = jnp.abs(predict(x) - loss)
        clipped = jnp.minimum(magnitude, delta)
        return jnp.sum(clipped * (magnitude - clipped / 2)) / delta

    evaluate = jax.jit(jax.vmap(jax.value_and_grad(objective)))
    points = jnp.array(starts)
    values, gradients = jax.block_until_ready(evaluate(points))
    # The least of five, as the others are times of what else the machine does.
    seconds = []
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(repetitions):
            jax.block_until_ready(evaluate(points))
        seconds.append((time.perf_counter() - begin) / (repetitions * len(starts)))
    return min(seconds), values, gradients
