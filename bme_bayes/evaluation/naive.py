"""A baseline: the same numbers, read as naive Bayes.

One diagnosis a patient; a diagnosis' cell is the average over its kinds, weighted as they
are before any finding; findings and risk factors are independent given the diagnosis; there
are no processes, leaks or combinations. What is stated and what is not is read as in the network.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bme_bayes.cpds import cell_frequencies
from bme_bayes.engine import Engine
from bme_bayes.mentions import read_findings
from bme_bayes.network import EDEMA

Floats = NDArray[np.float64]
SMALL = 1e-4


class NaiveBayes:
    """The naive reading of an engine's network."""

    def __init__(self, engine: Engine) -> None:
        self.network = engine.network
        before = engine.posterior({}, unmentioned=1.0).diagnoses
        self.diagnoses = tuple(before)
        kinds = self.network.kinds
        weights = np.array(
            [[before[d].kinds[k.id] if k.diagnosis == d else 0.0 for k in kinds] for d in before]
        )
        self.average: Floats = weights / weights.sum(axis=1, keepdims=True)
        self.prior = np.array([before[d].main_cause for d in before])
        self.tables = {
            v.id: self._cells(cell_frequencies(self.network, v)[:, :-1])
            for v in self.network.findings
        }
        mix = engine.space.roots.mix
        kind_shares = {
            "age_band": mix.age[:, None] * mix.age_ratio,
            "sex": mix.sex[:, None] * mix.sex_ratio,
        } | {r.variable.id: r.odds[:, None] * r.ratio for r in mix.risks}
        self.tables |= {name: self._cells(t / t.sum(axis=0)) for name, t in kind_shares.items()}

    def _cells(self, by_kind: Floats) -> Floats:
        """(states, D) from (states, K)."""
        return np.asarray(np.maximum(by_kind @ self.average.T, SMALL))

    def posterior(self, findings: Mapping[str, object]) -> dict[str, float]:
        """P(diagnosis | findings), which sum to 1."""
        coded, assumed = read_findings(self.network, findings)
        log = np.log(np.maximum(self.prior, 1e-12))
        for name, likelihood in {**assumed, **coded}.items():
            if name != EDEMA:
                log = log + np.log(likelihood @ self.tables[name])
        weight = np.exp(log - log.max())
        return dict(zip(self.diagnoses, (weight / weight.sum()).tolist(), strict=True))
