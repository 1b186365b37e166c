"""Context and risk factors over the scenarios, with what is known of them summed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.casemix import CaseMix
from bme_bayes.scenarios import Scenarios

Floats = NDArray[np.float64]
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

    @property
    def names(self) -> tuple[str, ...]:
        """The risk factors' ids, in the order of `ratios`."""
        return tuple(r.variable.id for r in self.mix.risks)

    def factor(self, index: int, likelihood: Floats | None) -> Floats:
        """Sum over one risk factor's states: (AX, S)."""
        shares = self.mix.risks[index].shares().reshape(len(self.ratios[index]), -1)
        if likelihood is not None:
            shares = shares * likelihood[:, None]
        return np.asarray(shares.T @ self.ratios[index])

    def context_given(self, evidence: Evidence) -> Floats:
        """`context` with what is known of age and sex: (AX, S)."""
        age = evidence.get("age_band")
        sex = evidence.get("sex")
        rows = np.ones((len(self.mix.age), len(self.mix.sex)))
        if age is not None:
            rows = rows * age[:, None]
        if sex is not None:
            rows = rows * sex[None, :]
        return np.asarray(self.context * rows.reshape(-1, 1))

    def weights(self, evidence: Evidence) -> Floats:
        """Sum over all unknown roots, weighted by what is known of the others: (AX, S)."""
        out = self.context_given(evidence)
        for index, name in enumerate(self.names):
            out = out * self.factor(index, evidence.get(name))
        return np.asarray(out)


def spread(mix: CaseMix, scenarios: Scenarios) -> Roots:
    """A case mix laid out over the scenarios."""
    by_age = scenarios.gather(mix.age_ratio) * mix.age[:, None]
    by_sex = scenarios.gather(mix.sex_ratio) * mix.sex[:, None]
    context = (by_age[:, None, :] * by_sex[None, :, :]).reshape(-1, scenarios.size)
    return Roots(mix, context, tuple(scenarios.gather(r.ratio) for r in mix.risks))
