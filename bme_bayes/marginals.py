"""From scenarios to answers: which share of each scenario counts for which diagnosis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bme_bayes.scenarios import Scenarios

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def main_shares(scenarios: Scenarios, links: Floats) -> Floats:
    """(S, 3) share of the edema that each member explains, given that there is edema.

    Of the members whose link to marrow edema was active, each explains an equal part.
    `links` (K + 1,): P(marrow edema | single cause).
    """
    padded = np.append(links[:-1], 0.0)[scenarios.members]
    out = np.zeros_like(padded)
    for member in range(3):
        first, second = (i for i in range(3) if i != member)
        p, q = padded[:, first], padded[:, second]
        alone = (1 - p) * (1 - q) + (p * (1 - q) + q * (1 - p)) / 2 + p * q / 3
        out[:, member] = padded[:, member] * alone
    total = np.maximum(out.sum(axis=1, keepdims=True), 1e-300)
    return np.asarray(np.where(scenarios.count[:, None] > 0, out / total, 0.0))


def by_group(scenarios: Scenarios, group_of: Ints, weight: Floats | None = None) -> Floats:
    """(S, groups) sum of the members' weights (S, 3), or their number, by group of kinds."""
    groups = int(group_of.max()) + 1
    out = np.zeros((scenarios.size, groups + 1))
    columns = np.append(group_of, groups)[scenarios.members]
    rows = np.arange(scenarios.size)
    for member in range(3):
        np.add.at(out, (rows, columns[:, member]), 1.0 if weight is None else weight[:, member])
    return out[:, :groups]


def diagnosis_sets(scenarios: Scenarios) -> tuple[Ints, list[tuple[str, ...]]]:
    """(sets,) first scenario of each set of diagnoses, whose scenarios are side by side."""
    padded = np.append(scenarios.diagnosis_of, len(scenarios.diagnoses))
    table = padded[scenarios.members]
    first = np.append(0, 1 + np.flatnonzero((table[1:] != table[:-1]).any(axis=1)))
    names = [*scenarios.diagnoses, ""]
    return first, [tuple(names[i] for i in row if names[i]) for row in table[first]]
