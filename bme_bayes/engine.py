"""The engine: compile a network once, ask it often."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.findings import assume_unremarkable, code_findings
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior, summarise
from bme_bayes.questions.uncertainty import Uncertainty, credible_intervals
from bme_bayes.questions.value import NextFindings, next_findings
from bme_bayes.starts import stored_start

Findings = Mapping[str, object]


class Engine:
    """Exact answers for one region and setting. Immutable after construction.

    Findings are a mapping of ids to states, to mappings of states to relative likelihoods
    (uncertain findings), or to None; `age` in years may stand for `age_band`. Marrow edema
    is present unless the findings say otherwise.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.space = DiseaseSpace(network, stored_start)

    def belief(self, findings: Findings, unmentioned: float | None = None) -> Belief:
        """The joint posterior; raises `UnknownName`, `InvalidFinding` or `Contradiction`.

        `unmentioned` below 1 takes risk factors that were not entered for less likely; the
        default is that of the setting: 1 (unknown is never absent) but for case reports.
        """
        prior = self.network.prior
        strength = unmentioned if unmentioned is not None else prior.unmentioned if prior else 1.0
        coded = code_findings(self.network, findings)
        return self.space.belief(coded, assume_unremarkable(self.network, findings, strength))

    def posterior(
        self,
        findings: Findings | None = None,
        explanations: int = 8,
        unmentioned: float | None = None,
    ) -> Posterior:
        """Probability of every diagnosis as main cause and as present, and explanations."""
        return summarise(self.space, self.belief(findings or {}, unmentioned), explanations)

    def next_findings(
        self,
        findings: Findings | None = None,
        target: str = "all",
        top: int | None = None,
        threshold: float = 0.05,
    ) -> NextFindings:
        """What to look for next; see `bme_bayes.questions.value.next_findings`."""
        return next_findings(self.space, self.belief(findings or {}), target, top, threshold)

    def credible_intervals(
        self, findings: Findings | None = None, draws: int = 200, *, rng: Generator
    ) -> Uncertainty:
        """How sure; see `bme_bayes.questions.uncertainty.credible_intervals`."""
        return credible_intervals(self.space, self.belief(findings or {}), draws, rng=rng)
