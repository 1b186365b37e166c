"""The engine: compile a network once, ask it often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from numpy.random import Generator
from threadpoolctl import threadpool_limits

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import DefinitionError, Problem
from bme_bayes.mentions import read_findings
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior, summarise
from bme_bayes.questions.battery import choose, load_bundles
from bme_bayes.questions.break_even import BreakEven, break_even
from bme_bayes.questions.bundles import BundlePanel, bundle_values
from bme_bayes.questions.compare import Variant, variant
from bme_bayes.questions.conflict import Conflict, conflict
from bme_bayes.questions.explain import Weighing, explain
from bme_bayes.questions.intervene import Intervention, intervene
from bme_bayes.questions.paths import ShortestPath, shortest_path
from bme_bayes.questions.sensitivity import Sensitivity, sensitivity
from bme_bayes.questions.stability import SameDecision, same_decision
from bme_bayes.questions.uncertainty import Uncertainty, credible_intervals
from bme_bayes.questions.value import NextFindings, next_findings
from bme_bayes.starts import stored_start

Findings = Mapping[str, object]


class Engine:
    """Exact answers for one region and setting. Immutable after construction.

    Findings are a mapping of ids to states, to mappings of states to relative likelihoods
    (uncertain findings), or to None; `age` in years may stand for `age_band`. Marrow edema
    is present unless the findings say otherwise. Raises `InputError` for base
    rates that cannot be met, `DefinitionError` for other faults.

    >>> import bme_bayes as bb
    >>> engine = bb.Engine(bb.load("hip", "sports_medicine"))
    >>> engine.posterior({"age": 45, "crp": {"normal": 0.8, "raised": 0.2}}).setting
    'sports_medicine'
    >>> engine.next_findings({"age": 45}, target="avn", top=1).findings[0].id
    'serpentine_band'
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        # On a busy computer BLAS threads wait for each other: one thread is never slow.
        with threadpool_limits(limits=1, user_api="blas"):
            try:
                self.space = DiseaseSpace(network, stored_start)
            except (ArithmeticError, LookupError, ValueError) as error:
                fault = "the definitions do not fit together; `bme-bayes check` names every fault"
                raise DefinitionError([Problem(network.region, None, fault)]) from error

    def belief(self, findings: Findings, unmentioned: float | None = None) -> Belief:
        """The joint posterior; raises `UnknownName`, `InvalidFinding` or `Contradiction`.

        `unmentioned` below 1 takes risk factors that were not entered for less likely. The
        default is the setting's reading (`bme_bayes.mentions`): unknown is never absent, but
        for published reports.
        """
        return self.space.belief(*read_findings(self.network, findings, unmentioned))

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

    def next_tests(
        self,
        findings: Findings | None = None,
        target: str = "all",
        *,
        rng: Generator,
        tests: Sequence[str] | None = None,
    ) -> BundlePanel:
        """What whole tests would tell; see `bme_bayes.questions.bundles.bundle_values`."""
        bundles = load_bundles() if tests is None else choose(load_bundles(), tests)
        return bundle_values(self.space, self.belief(findings or {}), bundles, target, rng=rng)

    def same_decision(
        self,
        findings: Findings | None = None,
        draws: int = 2000,
        *,
        rng: Generator,
        tests: Sequence[str] | None = None,
    ) -> SameDecision:
        """Whether the leader stays; see `bme_bayes.questions.stability.same_decision`.

        After everything that is unknown, or after these tests.
        """
        names = None
        if tests is not None:
            chosen = choose(load_bundles(), tests)
            names = [n for test in chosen for n in test.reveals(self.network)]
        return same_decision(self.space, self.belief(findings or {}), names, rng=rng, draws=draws)

    def shortest_path(
        self, findings: Findings, diagnosis: str, below: float = 0.02, most: int = 4
    ) -> ShortestPath:
        """How to rule out; see `bme_bayes.questions.paths.shortest_path`."""
        return shortest_path(self.space, self.belief(findings), diagnosis, below, most=most)

    def explain(self, findings: Findings, diagnosis: str) -> Weighing:
        """Why; see `bme_bayes.questions.explain.explain`."""
        return explain(self.space, self.belief(findings), diagnosis)

    def conflict(self, findings: Findings, *, rng: Generator) -> Conflict:
        """Whether findings fit together; see `bme_bayes.questions.conflict.conflict`."""
        return conflict(self.space, self.belief(findings), rng=rng)

    def sensitivity(
        self, findings: Findings, diagnosis: str, measure: str = "main_cause", top: int = 20
    ) -> Sensitivity:
        """Which numbers matter; see `bme_bayes.questions.sensitivity.sensitivity`."""
        return sensitivity(self.space, self.belief(findings), diagnosis, measure, top=top)

    def break_even(self, findings: Findings, challenger: str | None = None) -> BreakEven:
        """What would have to be true; see `bme_bayes.questions.break_even.break_even`."""
        return break_even(self.space, self.belief(findings), challenger)

    def intervene(self, findings: Findings, risk: str) -> Intervention:
        """Seeing against doing; see `bme_bayes.questions.intervene.intervene`."""
        return intervene(self.space, self.belief(findings), risk)

    def variant(
        self, label: str, findings: Findings, rates: Mapping[str, float] | None = None
    ) -> Variant:
        """One side of a comparison; see `bme_bayes.questions.compare`."""
        return variant(label, self.space, findings, rates)
