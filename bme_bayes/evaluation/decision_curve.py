"""Decision curves: whether acting on the probability is worth more than acting on all or none.

Who acts at a probability of t holds one missed patient to be as bad as (1 - t) / t needless
actions. Per patient, in the unit of one patient rightly acted on, that is

    net benefit = true positives / n - false positives / n * t / (1 - t)

The library dcurves would bring lifelines and its dependencies for these two lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bme_bayes.errors import InputError
from bme_bayes.evaluation.outcomes import checked

Floats = NDArray[np.float64]
THRESHOLDS = tuple(np.round(np.arange(0.01, 0.61, 0.01), 2).tolist())
Z = 1.959963984540054
ALL, NONE = "act on all", "act on none"


def net_benefit(probability: ArrayLike, outcome: ArrayLike, threshold: float) -> float:
    """Net benefit per patient of acting where the probability is `threshold` or more."""
    return float(_each(*checked(probability, outcome), threshold).mean())


def decision_curve(
    models: Mapping[str, ArrayLike],
    outcome: ArrayLike,
    thresholds: Sequence[float] = THRESHOLDS,
) -> pd.DataFrame:
    """Net benefit of each model, of acting on all and of acting on none, by threshold.

    Parameters: `models` maps names to probabilities (N,), `outcome` (N,) holds 0 and 1.
    Columns: `threshold`, `strategy`, `net_benefit` with its 95 % interval `low` to `high`
    (normal, over the patients) and `avoided`: needless actions saved for each 100 patients
    against acting on all, with no patient more missed. Raises `InputError`.
    """
    if not all(0 < t < 1 for t in thresholds):
        raise InputError("a threshold lies outside 0 to 1")
    rows = []
    for name, given in models.items():
        p, y = checked(given, outcome)
        rows += [_row(name, _each(p, y, t), t, y) for t in thresholds]
    y = checked(outcome, outcome)[1]
    for name, act in ((ALL, 1.0), (NONE, 0.0)):
        rows += [_row(name, _each(np.full(len(y), act), y, t), t, y) for t in thresholds]
    return pd.DataFrame(rows)


def _each(p: Floats, y: Floats, threshold: float) -> Floats:
    """(N,) what each patient adds: 1, minus the odds of the threshold, or 0."""
    return np.asarray((p >= threshold) * (y - (1 - y) * threshold / (1 - threshold)))


def _row(name: str, each: Floats, threshold: float, y: Floats) -> dict[str, object]:
    mean, spread = float(each.mean()), Z * float(each.std()) / len(each) ** 0.5
    odds = threshold / (1 - threshold)
    everyone = float(_each(np.ones(len(y)), y, threshold).mean())
    return {
        "threshold": threshold,
        "strategy": name,
        "net_benefit": mean,
        "low": mean - spread,
        "high": mean + spread,
        "avoided": 100 * (mean - everyone) / odds,
    }
