"""The sums of the structure check: what each patient says of every pair of findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

from bme_bayes.belief import Belief
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import Coded

Floats = NDArray[np.float64]
ORDER = 3
NEGLECTED = 1e-9
"""Scenarios less probable than this cannot count, whichever two findings are taken out."""


class PairSums:
    """Sums over patients of the moments of T, for every pair: (F, F) each."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        size = (len(names), len(names))
        self.patients, self.together, self.expected = (np.zeros(size) for _ in range(3))
        self.excess, self.variance, self.skew = (np.zeros(size) for _ in range(3))

    def add(self, space: DiseaseSpace, belief: Belief, weight: Floats) -> None:
        """Add one patient: the posterior predictive of every pair given all the rest."""
        names = list(certain(space, belief.coded))
        if len(names) < 2:
            return
        states = [len(space.network.variable(n).states) for n in names]
        seen = np.array([int(belief.coded[n].argmax()) for n in names])
        start = np.cumsum([0, *states])
        of = np.repeat(np.arange(len(names)), states)
        state = np.arange(start[-1]) - start[of]
        joint = joint_weights(space, belief, weight, names, seen)
        score = state / (np.array(states)[of] - 1)
        pick = np.eye(len(names))[of].T
        powers = [pick * score**a for a in range(ORDER + 1)]
        total = pick @ joint @ pick.T
        raw = [[a @ joint @ b.T / total for b in powers] for a in powers]
        mine = np.ix_(*[[self.names.index(n) for n in names]] * 2)
        first, second = raw[1][0], raw[0][1]
        moments = [
            sum(
                comb(k, a) * comb(k, b) * (-first) ** (k - a) * (-second) ** (k - b) * raw[a][b]
                for a in range(k + 1)
                for b in range(k + 1)
            )
            for k in range(1, ORDER + 1)
        ]
        mean, square, cube = moments
        got = score[start[:-1] + seen]
        self.patients[mine] += 1
        self.together[mine] += np.outer(seen > 0, seen > 0)
        odd = pick * (state > 0)
        self.expected[mine] += odd @ joint @ odd.T / total
        self.excess[mine] += (got[:, None] - first) * (got[None, :] - second) - mean
        self.variance[mine] += square - mean**2
        self.skew[mine] += cube - 3 * mean * square + 2 * mean**3


def certain(space: DiseaseSpace, coded: Coded) -> Iterator[str]:
    """Findings known for certain; of a finding and its parts the most special that tells."""
    for name in space.cpds:
        if name not in coded or np.count_nonzero(coded[name]) != 1:
            continue
        whole = space.network.variable(name).part_of
        if whole and (whole not in coded or coded[whole][0]):
            continue
        if not any(p in coded for p in space.parts.get(name, ())):
            yield name


def joint_weights(
    space: DiseaseSpace,
    belief: Belief,
    weight: Floats,
    names: Sequence[str],
    seen: NDArray[np.intp],
) -> Floats:
    """(R, R) weights of pairs of results given all the rest; a row a state of each finding.

    A finding that was seen is taken out by dividing by the probability of what was seen.
    """
    where = np.flatnonzero(weight > NEGLECTED)
    mass = weight[where]
    free, by_process = [], dict[str, list[tuple[int, Floats]]]()
    start = 0
    for name, result in zip(names, seen, strict=True):
        table = space.likelihood[name][..., where]
        ratio = table / table[result]
        process = space.network.variable(name).process if table.shape[1] > 1 else ""
        if process:
            level = belief.levels[process][:, where]
            by_process.setdefault(process, []).append((start, ratio))
            free.append((ratio * level).sum(axis=1))
        else:
            free.append(ratio[:, 0])
        start += len(table)
    rows = np.concatenate(free)
    joint = np.asarray((rows * mass) @ rows.T)
    for process, members in by_process.items():
        level = belief.levels[process][:, where] * mass
        index = np.concatenate([np.arange(s, s + len(r)) for s, r in members])
        ratio = np.concatenate([r for _, r in members])
        joint[np.ix_(index, index)] = sum(
            (ratio[:, k] * level[k]) @ ratio[:, k].T for k in range(len(level))
        )
    return joint
