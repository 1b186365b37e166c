"""The answer that is handed on: what was entered, what was found, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bme_bayes.engine import Engine
from bme_bayes.findings import code_findings
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.uncertainty import Uncertainty
from bme_bayes.questions.words import finding_words, region_name

DRAWS = 200


@dataclass(frozen=True)
class Assessed:
    """One answer, ready to be exported."""

    network: Network
    posterior: Posterior
    uncertainty: Uncertainty
    basis: Mapping[str, str]
    """What was entered, by finding, in words."""

    @property
    def region(self) -> str:
        """The region in words."""
        return region_name(self.posterior.region)

    def interval(self, diagnosis: str, measure: str) -> tuple[float, float]:
        """The 95 % credible interval, widened to hold the probability itself."""
        sure = getattr(self.uncertainty.diagnoses[diagnosis], measure)
        value = getattr(self.posterior.diagnoses[diagnosis], measure)
        return min(sure.low, value), min(max(sure.high, value), 1.0)


def assess(engine: Engine, findings: Mapping[str, object], seed: int = 1) -> Assessed:
    """The answer to a case, with what it rests on and how sure it is; `seed` is of the draws."""
    coded = code_findings(engine.network, findings)
    basis = {
        name: finding_words(engine.network.variable(name), known) for name, known in coded.items()
    }
    sure = engine.credible_intervals(findings, DRAWS, rng=np.random.default_rng(seed))
    return Assessed(engine.network, engine.posterior(findings), sure, basis)
