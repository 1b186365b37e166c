"""How a number of the model is drawn from its uncertainty.

Every frequency and share is a Dirichlet (two states: a Beta) with mean `Number.value` and
weight `Number.n`; a ratio is lognormal and a coupling normal, with `low` to `high` as their
95 % interval.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.network import Number

Floats = NDArray[np.float64]
LEAST = 2e-4
"""Drawn frequencies and base rates stay above this (or above their value, where lower): a
weight of ten patients can't tell one in 5,000 from one in a million."""
DEFAULT_N = 10.0
Z = 1.959963984540054


def dirichlet(mean: Floats, n: Floats, draws: int, rng: Generator) -> Floats:
    """(states, draws, columns) from means (states, columns) and weights (columns,)."""
    gamma = rng.standard_gamma(np.broadcast_to((mean * n)[:, None], (len(mean), draws, len(n))))
    out = gamma / np.maximum(gamma.sum(axis=0), 1e-300)
    out = np.maximum(out, np.minimum(mean, LEAST)[:, None])
    return np.asarray(out / out.sum(axis=0))


def lognormal(numbers: list[Number], draws: int, rng: Generator) -> Floats:
    """(draws, numbers) factors of ratios, with median 1."""
    spread = [np.log(n.high / n.low) / (2 * Z) if n.low > 0 else 0.0 for n in numbers]
    return np.asarray(np.exp(rng.standard_normal((draws, len(numbers))) * spread))


def normal(number: Number, draws: int, rng: Generator) -> Floats:
    """(draws, 1) of a number that may be negative."""
    return rng.normal(number.value, (number.high - number.low) / (2 * Z), (draws, 1))
