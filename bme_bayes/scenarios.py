"""The disease space: every set of at most three diagnoses, each with one kind.

A scenario is one row; `members` holds kind numbers, padded with the number of kinds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bme_bayes.network import Network
from bme_bayes.priors import COUNT_CAP

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Scenarios:
    """The joint states of the diagnoses.

    members : (S, 3) kind numbers, padded with K
    count : (S,) number of diagnoses present
    kinds : the K kinds, in network order
    diagnosis_of : (K,) diagnosis number of each kind
    grade_of : (K,) number of the (diagnosis, public state) pair of each kind
    """

    members: Ints
    count: Ints
    diagnosis_of: Ints
    grade_of: Ints
    grades: tuple[tuple[str, str], ...]
    diagnoses: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of scenarios."""
        return len(self.count)

    def gather(self, per_kind: Floats, pad: float = 1.0) -> Floats:
        """Product over members of a (..., K) array: (..., S)."""
        padded = np.concatenate([per_kind, np.full((*per_kind.shape[:-1], 1), pad)], axis=-1)
        first, second, third = (padded[..., self.members[:, i]] for i in range(COUNT_CAP))
        return np.asarray(first * second * third)

    def total(self, per_kind: Floats) -> Floats:
        """Sum over members of a (..., K) array: (..., S)."""
        padded = np.concatenate([per_kind, np.zeros((*per_kind.shape[:-1], 1))], axis=-1)
        return np.asarray(sum(padded[..., self.members[:, i]] for i in range(COUNT_CAP)))

    def collapse(self, weights: Floats, groups: int) -> Floats:
        """Sum of scenario weights (S,) or (S, 3) by kind: (groups,) without the padding."""
        columns = [weights] * COUNT_CAP if weights.ndim == 1 else list(weights.T)
        sums = np.bincount(self._by_column, np.concatenate(columns), minlength=groups + 1)
        return np.asarray(sums[:groups], dtype=np.float64)

    @cached_property
    def _by_column(self) -> Ints:
        """(3 S,) the members, first of all scenarios, second of all, third of all."""
        return np.ascontiguousarray(self.members.T).ravel()


def enumerate_scenarios(network: Network) -> Scenarios:
    """All sets of at most `COUNT_CAP` diagnoses of a network, with their kinds."""
    diagnoses = tuple(d.id for d in network.diagnoses)
    kinds_of = [
        [i for i, kind in enumerate(network.kinds) if kind.diagnosis == d] for d in diagnoses
    ]
    pad = len(network.kinds)
    rows: list[NDArray[np.intp]] = [np.full((1, COUNT_CAP), pad, dtype=np.intp)]
    for size in range(1, COUNT_CAP + 1):
        for group in combinations(range(len(diagnoses)), size):
            axes = np.meshgrid(*(kinds_of[d] for d in group), indexing="ij")
            block = np.full((axes[0].size, COUNT_CAP), pad, dtype=np.intp)
            for column, axis in enumerate(axes):
                block[:, column] = axis.ravel()
            rows.append(block)
    members = np.concatenate(rows)
    grades: list[tuple[str, str]] = []
    for kind in network.kinds:
        if (kind.diagnosis, kind.grade) not in grades:
            grades.append((kind.diagnosis, kind.grade))
    return Scenarios(
        members=members,
        count=np.asarray((members < pad).sum(axis=1), dtype=np.intp),
        diagnosis_of=np.array([diagnoses.index(k.diagnosis) for k in network.kinds]),
        grade_of=np.array([grades.index((k.diagnosis, k.grade)) for k in network.kinds]),
        grades=tuple(grades),
        diagnoses=diagnoses,
    )
