"""Context and risk factors over the scenarios, with what is known of them summed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bme_bayes.casemix import CaseMix
from bme_bayes.machine import aligned
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
    def given(self) -> tuple[Floats, ...]:
        """P(state | age, sex, scenario): one (states, AX, S) array a risk factor."""
        return tuple(self._given(index) for index in range(len(self.ratios)))

    def _given(self, index: int) -> Floats:
        out = aligned(len(self.ratios[index]), *self.context.shape)
        np.multiply(self.shares[index][..., None], self.ratios[index][:, None], out=out)
        total = out.sum(axis=0)
        return np.asarray(np.divide(out, total, out=out, where=total > 0))

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

        Everyone's weights, multiplied by the probability of what is known of each risk factor.
        """
        pairs = self.pairs(evidence)
        possible = np.flatnonzero(pairs)
        out = self.everyone[possible]
        for index, name in enumerate(self.names):
            if name in evidence:
                known, given = evidence[name], self.given[index]
                out *= observed(known, given, possible)
        if not (pairs[possible] == 1).all():
            out *= pairs[possible, None]
        return possible, out

    def predictive(self, evidence: Evidence) -> dict[str, Floats]:
        """P(state | scenario, evidence) of context and risk factors: (states, S) each.

        Of those that are known exactly there is nothing to tell: they are left out. Where the
        evidence is impossible in a scenario all states are 0.
        """
        possible, chance = np.flatnonzero(self.pairs(evidence)), np.empty((0, 0))
        if len(possible) > 1 or any(np.count_nonzero(known) > 1 for known in evidence.values()):
            weight = self.weights_possible(evidence)[1]
            total = weight.sum(axis=0)
            chance = np.divide(weight, total, out=weight, where=total > 0)
        out: dict[str, Floats] = {}
        places = dict(zip(("age_band", "sex"), divmod(possible, len(self.mix.sex)), strict=True))
        for name, size in (("age_band", len(self.mix.age)), ("sex", len(self.mix.sex))):
            if len(set(places[name].tolist())) > 1:
                out[name] = (places[name] == np.arange(size)[:, None]).astype(float) @ chance
        for index, name in enumerate(self.names):
            known, given = evidence.get(name), self.given[index]
            if known is not None and np.count_nonzero(known) == 1:
                continue
            if known is None and len(possible) == 1:
                out[name] = given[:, possible[0]]
                continue
            rest = chance
            if known is not None:
                seen = observed(known, given, possible)
                rest = np.divide(chance, seen, out=np.zeros_like(chance), where=seen > 0)
            out[name] = np.stack([(state[possible] * rest).sum(axis=0) for state in given])
            if known is not None:
                out[name] *= known[:, None]
        return out


def observed(known: Floats, given: Floats, possible: Ints) -> Floats:
    """(n, S) probability of what is known (states,) of a risk factor `given` (states, AX, S)."""
    weights = known.tolist()
    terms = [
        rows(given[state], possible) * weight if weight != 1 else rows(given[state], possible)
        for state, weight in enumerate(weights)
        if weight
    ]
    return np.asarray(sum(terms[1:], start=terms[0]))


def rows(table: Floats, chosen: Ints) -> Floats:
    """Some rows; without a copy if there is one."""
    return table[chosen[0] : chosen[0] + 1] if len(chosen) == 1 else table[chosen]


def spread(mix: CaseMix, scenarios: Scenarios) -> Roots:
    """A case mix laid out over the scenarios."""
    by_age = scenarios.gather(mix.age_ratio) * mix.age[:, None]
    by_sex = scenarios.gather(mix.sex_ratio) * mix.sex[:, None]
    context = (by_age[:, None, :] * by_sex[None, :, :]).reshape(-1, scenarios.size)
    return Roots(mix, context, tuple(scenarios.gather(r.ratio) for r in mix.risks))
