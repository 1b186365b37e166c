"""A finding's frequencies with one shift for each public state of a diagnosis.

A table of patients tells the diagnosis (and often its grade), seldom its kind. So what is
learned is how much more often a finding is seen in a diagnosis than the numbers say, and not
which kind it is that has it more often: on the log-odds of P(F >= j | kind) one shift for each
public state of a diagnosis and each j. The kinds keep their odds ratios to each other, and the
levels of a process theirs (the coupling), so the splitting by process stays exactly valid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from bme_bayes.cpds import FindingCpd, noisy_max
from bme_bayes.likelihoods import part_given_whole, scenario_likelihood
from bme_bayes.scenarios import Scenarios

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
TINY = 1e-12


@dataclass(frozen=True)
class Cells:
    """One finding (or for a part its share of the whole), as it stands.

    cpd : how causes combine; `cells` (states, levels, K + 1), the last cause is none
    log_odds : (states - 1, levels, K + 1) of P(F >= j | level, cause)
    group : (K + 1,) which shift belongs to which cause
    groups : how many there are
    """

    cpd: FindingCpd
    log_odds: Floats
    group: Ints
    groups: int

    @property
    def size(self) -> int:
        """How many shifts there are: `groups` times (states - 1), the cuts run fastest."""
        return self.groups * len(self.log_odds)

    def at_least(self, shift: Floats) -> Floats:
        """(states - 1, levels, K + 1) P(F >= j | level, cause) under shifts (size,)."""
        by_cut = shift.reshape(self.groups, -1).T[:, self.group]
        return np.asarray(expit(self.log_odds + by_cut[:, None]))

    def table(self, shift: Floats) -> Floats:
        """(states, levels, K + 1) frequencies under the shifts; below 0 where cuts cross."""
        upper = self.at_least(shift)
        one = np.ones((1, *upper.shape[1:]))
        bounds = np.concatenate([one, upper, 0 * one])
        return np.asarray(bounds[:-1] - bounds[1:])

    def likelihood(self, shift: Floats, scenarios: Scenarios) -> Floats:
        """(states, levels, S) as `bme_bayes.likelihoods` has it."""
        cells = self.table(shift)
        if self.cpd.model == "noisy_max":
            ratio, leak = noisy_max(cells)
            cpd = replace(self.cpd, cells=cells, ratio=ratio, leak=leak)
        else:
            cpd = replace(self.cpd, cells=cells)
        return scenario_likelihood(cpd, scenarios, None)

    def slope(self, shift: Floats, scenarios: Scenarios) -> Floats:
        """(states, levels, S, size) how the logarithm of `likelihood` follows the shifts."""
        upper = self.at_least(shift)
        if self.cpd.model == "noisy_max":
            below = self._below_of_max(upper, self.table(shift), scenarios)
        else:
            size = np.maximum(scenarios.count, 1)[:, None]
            below = self._by_cut(-self._total(upper * (1 - upper), scenarios) / size)
        zero = np.zeros((1, *below.shape[1:]))
        bounds = np.concatenate([zero, below, zero])
        change = bounds[1:] - bounds[:-1]
        chance = self.likelihood(shift, scenarios)[..., None]
        return np.asarray(np.divide(change, chance, out=np.zeros_like(change), where=chance > TINY))

    def _below_of_max(self, upper: Floats, cells: Floats, scenarios: Scenarios) -> Floats:
        """(states - 1, levels, S, size) slopes of P(F < j | level, scenario), noisy-MAX.

        ln P(F < j | S) is the sum over the causes of ln P(F < j | cause), less the leak for
        every cause but one. The leak is that of the cause with the least of it, step by step.
        """
        slopes = self._by_cut(-self._total(upper, scenarios))
        below = np.cumsum(cells, axis=0)[:-1]
        step = below / np.concatenate([below[1:], np.ones((1, *below.shape[1:]))])
        least = step.argmax(axis=-1)
        cuts, levels = least.shape
        leak = np.zeros((cuts, levels, self.groups, cuts))
        rows = np.arange(levels)
        for cut in reversed(range(cuts)):
            cause = least[cut]
            group = self.group[cause]
            if cut + 1 < cuts:
                leak[cut] = leak[cut + 1]
                leak[cut, rows, group, cut + 1] += upper[cut + 1, rows, cause]
            leak[cut, rows, group, cut] -= upper[cut, rows, cause]
        more = np.maximum(scenarios.count - 1, 0)[:, None]
        slopes -= leak.reshape(cuts, levels, 1, -1) * more
        _, least_leak = noisy_max(cells)
        chance = self._below(cells, least_leak, scenarios)
        return np.asarray(slopes * chance[..., None])

    def _below(self, cells: Floats, leak: Floats, scenarios: Scenarios) -> Floats:
        """(states - 1, levels, S) P(F < j | level, scenario)."""
        ratio, _ = noisy_max(cells)
        below = scenarios.gather(ratio) * leak[..., None]
        below[..., scenarios.count == 0] = np.cumsum(cells[..., -1:], axis=0)[:-1]
        return np.asarray(below)

    def _total(self, by_cause: Floats, scenarios: Scenarios) -> Floats:
        """(..., S, groups) sums over the members of (..., K + 1); none where there is no member."""
        none = by_cause.shape[-1] - 1
        members = np.where(scenarios.members == none, none + 1, scenarios.members)
        members[scenarios.count == 0, 0] = none
        padded = np.concatenate([by_cause, np.zeros((*by_cause.shape[:-1], 1))], axis=-1)
        of_group = np.vstack([np.eye(self.groups)[self.group], np.zeros(self.groups)])
        return np.asarray(sum(padded[..., m, None] * of_group[m] for m in members.T))

    def _by_cut(self, slopes: Floats) -> Floats:
        """(cuts, levels, S, groups) to (cuts, levels, S, size): each cut has its own shift."""
        cuts = len(slopes)
        wide = slopes[..., None] * np.eye(cuts)[:, None, None, None, :]
        return np.asarray(wide.reshape(*slopes.shape[:-1], -1))


def cells_of(cpd: FindingCpd, whole: FindingCpd | None, group: Ints) -> Cells:
    """The cells of a finding; those of a part are its share of the whole."""
    if whole is not None:
        cpd = replace(cpd, model="mixture", cells=part_given_whole(cpd, whole))
    upper = np.cumsum(cpd.cells[::-1], axis=0)[::-1][1:]
    log_odds = logit(np.clip(upper, TINY, 1 - TINY))
    return Cells(cpd, log_odds, group, int(group.max()) + 1)
