"""EM for the shifts of all findings: exact expected counts, one scoring step a finding.

    E: the posterior of each patient over scenarios and levels of the processes, given findings
       and diagnoses; summed over patients into expected counts (states, levels, S) a finding
    M: for each finding by itself one step of Fisher scoring on the expected log-likelihood,
       halved until it climbs (generalised EM: the posterior never falls)

The prior is a table of the same kind: as if patients of each kind alone had been seen, so
many that the frequency over all kinds of a public state has the weight of its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.cpds import process_shares
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.learning.cells import Cells, cells_of
from bme_bayes.learning.fisher import scored
from bme_bayes.learning.labelled import Batch, Family
from bme_bayes.network import EDEMA, NONE

Floats = NDArray[np.float64]
Shifts = Mapping[str, Floats]


@dataclass(frozen=True)
class Pattern:
    """One family under some shifts, by pattern of what is known.

    chance : (P, levels, S) probability of the pattern
    joint : (P, states, levels, S) with the state of the whole
    """

    chance: Floats
    joint: Floats


class LinkModel:
    """What EM needs of a network: cells with their groups, the prior, and the patients."""

    def __init__(
        self, space: DiseaseSpace, families: Sequence[Family], batches: Sequence[Batch]
    ) -> None:
        self.space, self.families, self.batches = space, families, batches
        grades = space.scenarios.grade_of
        self.group = np.append(grades, grades.max() + 1)
        self.share = self._kind_shares()
        self.cells: dict[str, Cells] = {}
        for family in families:
            whole = space.cpds[family.name]
            self.cells[family.name] = cells_of(whole, None, self.group)
            for part in family.part_names:
                self.cells[part] = cells_of(space.cpds[part], whole, self.group)
        self.weight = {name: self._weights(name) for name in self.cells}
        self.prior = {name: self._prior(name) for name in self.cells}

    def start(self) -> dict[str, Floats]:
        """No shift at all."""
        return {name: np.zeros(cells.size) for name, cells in self.cells.items()}

    def levels(self, name: str) -> Floats:
        """(levels, K + 1) P(level | cause) of a finding's process."""
        variable = self.space.network.variable(name)
        process = "" if variable.part_of else variable.process
        if not process:
            return np.ones((1, len(self.group)))
        high = process_shares(self.space.network, process)
        return np.stack([1 - high, high])

    def frequency(self, name: str, shift: Floats) -> Floats:
        """(states, K + 1) P(state | cause), over the levels."""
        return np.asarray((self.cells[name].table(shift) * self.levels(name)).sum(axis=1))

    def by_group(self, name: str, shift: Floats) -> Floats:
        """(states, groups) P(state | public state of a diagnosis), over its kinds."""
        one_hot = np.eye(self.cells[name].groups)[self.group] * self.share[:, None]
        return np.asarray(self.frequency(name, shift) @ one_hot)

    def spread_of(self, name: str, shift: Floats) -> Floats:
        """(states - 1, groups) how P(F >= j | group) follows its shift."""
        upper = self.cells[name].at_least(shift)
        one_hot = np.eye(self.cells[name].groups)[self.group] * self.share[:, None]
        return np.asarray((upper * (1 - upper) * self.levels(name)).sum(axis=1) @ one_hot)

    def expect(self, shifts: Shifts) -> tuple[dict[str, Floats], float]:
        """Expected counts (states, levels, S) of each finding, and the log-likelihood."""
        tables = {f.name: self.patterns(f, shifts) for f in self.families}
        counts = {n: np.zeros(p.shape) for n, p in self.prior.items()}
        parts = {p: self.table(p, shifts) for f in self.families for p in f.part_names}
        total = 0.0
        for batch, posterior, log in self.posteriors(tables):
            total += log
            for family in self.families:
                if family.name in batch.patterns:
                    sums = self._by_pattern(batch, family, posterior)
                    _add_counts(counts, family, tables[family.name], parts, sums, batch)
        return counts, total

    def improve(self, shifts: Shifts, counts: Mapping[str, Floats]) -> dict[str, Floats]:
        """One scoring step a finding, on expected counts and the prior."""
        return {
            n: scored(self.cells[n], shift, self.space.scenarios, counts[n] + self.prior[n])
            for n, shift in shifts.items()
        }

    def posteriors(
        self, tables: Mapping[str, Pattern]
    ) -> Iterator[tuple[Batch, dict[str, Floats], float]]:
        """By batch: process (or none) to (N, levels, S') posterior, and the log-likelihood."""
        network = self.space.network
        for batch in self.batches:
            weight = batch.prior.copy()
            joint = {
                p: np.repeat(level[None, :, batch.where], len(weight), axis=0)
                for p, level in self.space.levels.items()
            }
            for name, pattern in batch.patterns.items():
                rows = np.flatnonzero(pattern >= 0)
                chance = tables[name].chance[..., batch.where][pattern[rows]]
                process = network.variable(name).process
                if process:
                    joint[process][rows] *= chance
                else:
                    weight[rows] *= chance[:, 0]
            sums = {p: j.sum(axis=1) for p, j in joint.items()}
            for level_sum in sums.values():
                weight *= level_sum
            total = weight.sum(axis=1)
            if not (total > 0).all():
                number = int(batch.numbers[np.flatnonzero(total <= 0)[0]])
                raise InputError(f"patient {number}: these findings cannot be true together")
            weight /= total[:, None]
            posterior = {"": weight[:, None]}
            for p, j in joint.items():
                factor = np.divide(weight, sums[p], out=np.zeros_like(weight), where=sums[p] > 0)
                posterior[p] = j * factor[:, None]
            yield batch, posterior, float(np.log(total).sum())

    def _by_pattern(self, batch: Batch, family: Family, posterior: Mapping[str, Floats]) -> Floats:
        """(P, levels, S') posterior summed over the patients of each pattern."""
        of = posterior[self.space.network.variable(family.name).process]
        pattern = batch.patterns[family.name]
        one_hot = (pattern[:, None] == np.arange(len(family.whole))).astype(np.float64)
        return np.asarray((one_hot.T @ of.reshape(len(of), -1)).reshape(-1, *of.shape[1:]))

    def table(self, name: str, shifts: Shifts) -> Floats:
        """(states, levels, S) a finding's frequencies under the shifts."""
        return self.cells[name].likelihood(shifts[name], self.space.scenarios)

    def patterns(self, family: Family, shifts: Shifts) -> Pattern:
        """What is known of a family, under the shifts."""
        joint = family.whole[:, :, None, None] * self.table(family.name, shifts)
        for name, known in zip(family.part_names, family.parts, strict=True):
            joint[:, 0] *= known[:, 0, None, None]
            joint[:, 1] *= np.tensordot(known, self.table(name, shifts), axes=1)
        return Pattern(joint.sum(axis=1), joint)

    def _kind_shares(self) -> Floats:
        """(K + 1,) share of each kind in its public state, before any finding."""
        space = self.space
        before = space.belief({EDEMA: np.array([0.0, 1.0])}).scenario
        kinds = space.scenarios.collapse(before, len(space.network.kinds))
        whole = np.bincount(space.scenarios.grade_of, kinds)[space.scenarios.grade_of]
        return np.append(kinds / whole, 1.0)

    def _weights(self, name: str) -> Floats:
        """(groups,) how many patients the numbers of a finding count for, over its kinds."""
        network = self.space.network
        causes = [*(k.cause for k in network.kinds), NONE]
        held = np.zeros(len(causes))
        for i, cause in enumerate(causes):
            known = [
                number.n
                for s in network.variable(name).states
                if (number := network.number("frequency", name, s, cause))
            ]
            held[i] = sum(known) / len(known) if known else 1.0
        whole = network.variable(name).part_of
        if whole:  # a part is seen in those who have the whole
            held = held * (1 - self.space.cpds[whole].frequencies[0])
        return np.asarray(np.bincount(self.group, held * self.share), dtype=np.float64)

    def _prior(self, name: str) -> Floats:
        """(states, levels, S) patients of one kind alone that the numbers count for."""
        cells, scenarios = self.cells[name], self.space.scenarios
        still = np.zeros(cells.size)
        frequency = self.by_group(name, still)
        upper = np.cumsum(frequency[::-1], axis=0)[::-1][1:]
        scale = (self.spread_of(name, still) / (upper * (1 - upper))).mean(axis=0)
        each = (self.weight[name] * scale)[self.group] * self.share
        out = np.zeros((*cells.cpd.cells.shape[:2], scenarios.size))
        alone = np.flatnonzero(scenarios.count == 1)
        kind = scenarios.members[alone, 0]
        out[..., alone] = (cells.cpd.cells * self.levels(name) * each)[..., kind]
        empty = scenarios.count == 0
        out[..., empty] = (cells.cpd.cells * self.levels(name) * each)[..., -1:]
        return out


def _add_counts(
    counts: dict[str, Floats],
    family: Family,
    table: Pattern,
    parts: Mapping[str, Floats],
    sums: Floats,
    batch: Batch,
) -> None:
    """Add what the patterns' posteriors (P, levels, S') say of the whole and of its parts."""
    where = batch.where
    chance = table.chance[..., where]
    rate = np.divide(sums, chance, out=np.zeros_like(sums), where=chance > 0)
    held = rate[:, None] * table.joint[..., where]
    counts[family.name][..., where] += held.sum(axis=0)
    for name, known in zip(family.part_names, family.parts, strict=True):
        told = (known != 1).any(axis=1)
        weight = known[told][:, :, None, None] * parts[name][..., where]
        weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
        of_part = (weight * held[told][:, 1:2]).sum(axis=(0, 2))
        counts[name][..., where] += of_part[:, None]
