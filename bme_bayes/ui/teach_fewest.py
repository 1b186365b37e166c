"""The fewest findings of a case with which the model puts the confirmed diagnosis first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from bme_bayes.engine import Engine
from bme_bayes.questions.subsets import Subsets

MOST_FREE = 14
"""Cases with more findings than this beyond the start are not searched: 2 ** 14 is enough."""


def fewest(
    engine: Engine, findings: Mapping[str, object], start: Sequence[str], truth: str
) -> tuple[str, ...] | None:
    """The smallest set of findings to ask for after which `truth` is the likeliest main cause.

    Parameters
    ----------
    findings : all that the case holds
    start : what is told at the start, and so is always known
    truth : the confirmed diagnosis

    Returns
    -------
    The findings beyond the start; empty if the start is enough; of several sets of one size,
    that with the highest chance of `truth`. None if no set puts it first, or if there are more
    than `MOST_FREE` to choose from.
    """
    subsets = Subsets(engine.space, engine.belief(findings))
    free = [i for i, name in enumerate(subsets.names) if name not in start]
    if len(free) > MOST_FREE:
        return None
    diagnoses = engine.space.scenarios.diagnoses
    true = diagnoses.index(truth)
    told = np.array([name in start for name in subsets.names])
    for size in range(len(free) + 1):
        chosen = list(combinations(free, size))
        masks = np.tile(told, (len(chosen), 1))
        for row, places in enumerate(chosen):
            masks[row, list(places)] = True
        main = subsets.weights(masks, engine.space.main_matrix)
        share = main[:, true] / main.sum(axis=1)
        first = main.argmax(axis=1) == true
        if first.any():
            best = int(np.flatnonzero(first)[share[first].argmax()])
            return tuple(subsets.names[i] for i in chosen[best])
    return None
