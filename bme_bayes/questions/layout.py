"""Scenarios laid out for many versions of the numbers: arrays are (scenarios, versions).

A row is contiguous over the versions, so a product over the members of a scenario is two
copies of rows and two multiplications, without a Python loop over versions. "None of the
diagnoses" is laid out as a scenario with the single cause none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Work = tuple[Floats, Floats, Floats]
"""Three arrays (S, versions) to work in: a result, a second term, spare room."""


@dataclass(frozen=True)
class Layout:
    """Some of the scenarios. `cause` runs over the K kinds and none.

    pair : (2, P) the distinct first two members, K + 1 where there is no second
    pair_of : (S,) the pair of each scenario; `third` (triples,) the third member of the last
    rows, which are those with three members; `pairs` rows with two come before them
    members, triples : (K + 1, S), (K + 1, triples) which causes a scenario has
    pairs_in : (Q, S) which unordered pairs of kinds a scenario has; `both` (2, Q) these pairs,
    `halves` (K + 1, Q) which kinds a pair has
    diagnoses : (D, K + 1) which kinds a diagnosis has
    """

    size: int
    pair: Ints
    pair_of: Ints
    third: Ints
    pairs: int
    members: csr_array
    triples: csr_array
    pairs_in: csr_array
    both: Ints
    halves: csr_array
    diagnoses: Floats

    def work(self, versions: int) -> Work:
        """Arrays to work in."""
        first, second, third = (np.empty((self.size, versions)) for _ in range(3))
        return first, second, third

    def product(self, table: Floats, scale: Floats | float, out: Floats, spare: Floats) -> Floats:
        """`scale` times the product of a table over the members, into `out`.

        The table is (K + 2, versions), the last row of ones (`padded`).
        """
        pairs, second = (np.take(table, side, axis=0, mode="clip") for side in self.pair)
        pairs *= second
        pairs *= scale
        np.take(pairs, self.pair_of, axis=0, out=out, mode="clip")
        last = spare[: len(self.third)]
        np.take(table, self.third, axis=0, out=last, mode="clip")
        out[self.size - len(last) :] *= last
        return out

    def mean(self, table: Floats, out: Floats, spare: Floats) -> Floats:
        """Average of a (K + 2, versions) table over the members, the last row zeros, into `out`."""
        pairs, second = (np.take(table, side, axis=0, mode="clip") for side in self.pair)
        pairs += second
        np.take(pairs, self.pair_of, axis=0, out=out, mode="clip")
        last, triples = spare[: len(self.third)], self.size - len(self.third)
        np.take(table, self.third, axis=0, out=last, mode="clip")
        out[triples:] += last
        out[triples:] /= 3
        out[triples - self.pairs : triples] /= 2
        return out

    def collect(
        self, weight: Floats, links: Floats, edema: Floats, work: Work
    ) -> tuple[Floats, Floats, Floats]:
        """Totals (versions,), main causes and presence (D, versions) of weights (S, versions).

        `weight` is without marrow edema; `links` (K + 1, versions or 1) give it, `edema` what is
        known of it. A member explains p (1 - (q + r) / 2 + q r / 3) of the edema, of all
        1 - (1 - p)(1 - q)(1 - r): the equal shares of the active links (`main_shares`).
        """
        width = links.shape[1]
        room, spare = work[0][:, :width], work[2][:, :width]
        seen = self.product(padded(1 - links, 1.0), 1.0, room, spare)
        np.subtract(1.0, seen, out=seen)
        cause = total = weight
        if edema[0] == 0:
            seen *= edema[1]
            total = np.multiply(weight, seen, out=work[1])
        else:
            total = weight * (edema[0] + (edema[1] - edema[0]) * seen)
            cause = total / np.maximum(seen, 1e-300)
        main = links * (self.members @ cause)
        shared = self.pairs_in @ cause
        first, second = (np.take(links, side, axis=0, mode="clip") for side in self.both)
        shared *= first
        shared *= second
        main -= self.halves @ shared / 2
        if len(self.third):
            last = slice(self.size - len(self.third), None)
            every = self.product(padded(links, 1.0), 1 / 3, room, spare)[last]
            main += self.triples @ np.multiply(every, cause[last], out=work[2][: len(self.third)])
        if edema[0] == 0:
            main *= edema[1]
        return (
            np.ones(self.size) @ total,
            self.diagnoses @ main,
            self.diagnoses @ (self.members @ total),
        )


def padded(table: Floats, value: float) -> Floats:
    """(K + 1, versions) with one more row, of one value: where a scenario has no further cause."""
    return np.vstack([table, np.full((1, table.shape[1]), value)])


def lay_out(space: DiseaseSpace, keep: Ints) -> Layout:
    """The scenarios `keep` (in increasing order) of a disease space."""
    scenarios, kinds = space.scenarios, len(space.network.kinds)
    members, count = scenarios.members[keep], scenarios.count[keep]
    members = np.where(members == kinds, kinds + 1, members)
    members[count == 0, 0] = kinds
    pair, pair_of = _distinct(members[:, :2])
    size, triples = len(keep), int((count == 3).sum())
    sides = [(0, 1), (0, 2), (1, 2)]
    rows = np.concatenate([members[:, side] for side in sides])
    of = np.tile(np.arange(size), 3)
    real = rows[:, 1] <= kinds
    both, pair_row = _distinct(rows[real])
    of_diagnosis = np.eye(len(scenarios.diagnoses))[:, scenarios.diagnosis_of]
    return Layout(
        size=size,
        pair=pair,
        pair_of=pair_of,
        third=np.ascontiguousarray(members[size - triples :, 2]),
        pairs=int((count == 2).sum()),
        members=_incidence(members, kinds + 1),
        triples=_incidence(members[size - triples :], kinds + 1),
        pairs_in=_sparse(pair_row, of[real], (both.shape[1], size)),
        both=both,
        halves=_incidence(both.T, kinds + 1),
        diagnoses=np.hstack([of_diagnosis, np.zeros((len(of_diagnosis), 1))]),
    )


def _distinct(pairs: Ints) -> tuple[Ints, Ints]:
    """The distinct rows of (N, 2) small numbers as (2, rows), and which of them each row is."""
    base = int(pairs.max(initial=0)) + 1
    found, row = np.unique(pairs[:, 0] * base + pairs[:, 1], return_inverse=True)
    return np.stack(np.divmod(found, base)), row


def _incidence(members: Ints, causes: int) -> csr_array:
    """(causes, rows) 1 where a cause is among the members of a row."""
    rows = np.repeat(np.arange(len(members)), members.shape[1])
    flat = members.ravel()
    real = flat < causes
    return _sparse(flat[real], rows[real], (causes, len(members)))


def _sparse(rows: Ints, columns: Ints, shape: tuple[int, int]) -> csr_array:
    from scipy.sparse import csr_array  # noqa: PLC0415  70 ms that only this question needs

    return csr_array((np.ones(len(rows)), (rows, columns)), shape)
