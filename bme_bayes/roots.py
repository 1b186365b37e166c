"""Context and risk factors over the scenarios, with what is known of them summed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bme_bayes.casemix import CaseMix
from bme_bayes.scenarios import Scenarios

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Evidence = Mapping[str, Floats]
"""Relative likelihoods of a variable's states, by variable id."""


@dataclass(frozen=True)
class Roots:
    """The case mix spread over scenarios; `AX` runs over the 10 pairs of age and sex.

    context : (AX, S) age and sex shares times their multipliers
    ratios : one (states, S) array of odds ratios a risk factor
    """

    mix: CaseMix
    context: Floats
    ratios: tuple[Floats, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The risk factors' ids, in the order of `ratios`."""
        return tuple(r.variable.id for r in self.mix.risks)

    @cached_property
    def shares(self) -> tuple[Floats, ...]:
        """P(state | age, sex), one (states, AX) array a risk factor."""
        return tuple(r.shares().reshape(len(r.odds), -1) for r in self.mix.risks)

    @cached_property
    def everyone(self) -> Floats:
        """(AX, S) `context` with all risk factors summed out."""
        out = self.context.copy()
        for index in range(len(self.ratios)):
            out *= self.factor(index, None)
        return out

    @cached_property
    def inverse(self) -> tuple[Floats, ...]:
        """One over `factor` of each risk factor not known, (AX, S); 0 where that is 0."""
        factors = (self.factor(i, None) for i in range(len(self.ratios)))
        return tuple(np.divide(1, f, out=np.zeros_like(f), where=f > 0) for f in factors)

    def factor(self, index: int, likelihood: Floats | None) -> Floats:
        """Sum over one risk factor's states: (AX, S)."""
        shares = self.shares[index]
        if likelihood is not None:
            shares = shares * likelihood[:, None]
        return np.asarray(shares.T @ self.ratios[index])

    def pairs(self, evidence: Evidence) -> Floats:
        """(AX,) what is known of age and sex."""
        age = evidence.get("age_band", np.ones(len(self.mix.age)))
        sex = evidence.get("sex", np.ones(len(self.mix.sex)))
        return np.asarray(np.outer(age, sex).ravel())

    def context_given(self, evidence: Evidence) -> Floats:
        """`context` with what is known of age and sex: (AX, S)."""
        return np.asarray(self.context * self.pairs(evidence)[:, None])

    def weights(self, evidence: Evidence) -> Floats:
        """Sum over all unknown roots, weighted by what is known of the others: (AX, S)."""
        possible, weight = self.weights_possible(evidence)
        out = np.zeros_like(self.context)
        out[possible] = weight
        return out

    def weights_possible(self, evidence: Evidence) -> tuple[Ints, Floats]:
        """The n possible pairs of age and sex, and their rows of `weights`: (n, S).

        Everyone's weights, divided by the sum over each risk factor that is known and
        multiplied by what is known of it.
        """
        pairs = self.pairs(evidence)
        possible = np.flatnonzero(pairs)
        out = self.everyone[possible]
        common = np.ones(out.shape[1])
        for index, name in enumerate(self.names):
            known = evidence.get(name)
            if known is None:
                continue
            out *= _rows(self.inverse[index], possible)
            weights = known.tolist()
            if weights.count(0.0) == len(weights) - 1:
                state = int(known.argmax())
                common *= self.ratios[index][state]
                pairs = pairs * self.shares[index][state] * weights[state]
            else:
                shares = self.shares[index][:, possible] * known[:, None]
                out *= shares.T @ self.ratios[index]
        out *= common
        out *= pairs[possible, None]
        return possible, out

    def joint(
        self, index: int, likelihood: Floats | None, possible: Ints, weight: Floats
    ) -> Floats:
        """(states, S) a risk factor's states with some `weights_possible` (n, S) split over them.

        `likelihood` is what was known of it when the weights were made.
        """
        shares = self.shares[index][:, possible]
        if likelihood is None:
            rest = weight * _rows(self.inverse[index], possible)
        else:
            shares = shares * likelihood[:, None]
            factor = shares.T @ self.ratios[index]
            rest = np.divide(weight, factor, out=np.zeros_like(weight), where=factor > 0)
        out = shares * rest if len(possible) == 1 else shares @ rest
        out *= self.ratios[index]
        return np.asarray(out)


def _rows(table: Floats, rows: Ints) -> Floats:
    """Some rows; without a copy if there is one."""
    return table[rows[0]] if len(rows) == 1 else table[rows]


def spread(mix: CaseMix, scenarios: Scenarios) -> Roots:
    """A case mix laid out over the scenarios."""
    by_age = scenarios.gather(mix.age_ratio) * mix.age[:, None]
    by_sex = scenarios.gather(mix.sex_ratio) * mix.sex[:, None]
    context = (by_age[:, None, :] * by_sex[None, :, :]).reshape(-1, scenarios.size)
    return Roots(mix, context, tuple(scenarios.gather(r.ratio) for r in mix.risks))
