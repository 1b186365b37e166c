"""Exact inference over the disease space.

Given the diagnoses, the risk factors above and the findings below fall apart into small
pieces. So the posterior is one vector over the scenarios (sets of at most three diagnoses
with their kinds), multiplied by one likelihood vector a finding. `DiseaseSpace` is compiled
once a network; `Belief` is what it says of one patient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bme_bayes.bases import Solved, Start, reference_mix, solve
from bme_bayes.belief import Belief
from bme_bayes.casemix import CaseMix
from bme_bayes.cpds import FindingCpd, edema_links, finding_cpd
from bme_bayes.errors import Contradiction
from bme_bayes.findings import Coded, describe
from bme_bayes.likelihoods import combine, scenario_likelihood
from bme_bayes.machine import aligned, aligned_copy
from bme_bayes.marginals import by_group, diagnosis_sets, main_shares
from bme_bayes.network import EDEMA, Network
from bme_bayes.products import Products
from bme_bayes.roots import Evidence, Roots
from bme_bayes.scenarios import Scenarios, enumerate_scenarios

__all__ = ["Belief", "DiseaseSpace"]

Floats = NDArray[np.float64]
CACHED_ROOTS, CACHED_PREDICTIONS = 64, 4
Made = TypeVar("Made")
StartFor = Callable[[Network], Start | None]


class DiseaseSpace:
    """A network compiled to arrays. Immutable after construction, safe to share."""

    def __init__(self, network: Network, start: StartFor | None = None) -> None:
        self.network = network
        self.scenarios: Scenarios = enumerate_scenarios(network)
        self.cpds: dict[str, FindingCpd] = {v.id: finding_cpd(network, v) for v in network.findings}
        self.processes = tuple(v.id for v in network.of_role("process"))
        self.process_cpds = {v.id: finding_cpd(network, v) for v in network.of_role("process")}
        self.levels = {
            p: scenario_likelihood(c, self.scenarios, None)[:, 0]
            for p, c in self.process_cpds.items()
        }
        self.likelihood: dict[str, Floats] = {}
        for name, cpd in self.cpds.items():
            of = self.cpds.get(cpd.variable.part_of)
            self.likelihood[name] = aligned_copy(scenario_likelihood(cpd, self.scenarios, of))
        self.links = edema_links(network)
        self.edema = self._edema(self.links)
        self.solved: Solved = solve(
            network, self.scenarios, self.edema, start(network) if start else None
        )
        self.parts: dict[str, tuple[str, ...]] = {}
        for part in (v for v in network.findings if v.part_of):
            self.parts[part.part_of] = (*self.parts.get(part.part_of, ()), part.id)
        self.products = Products(network, self.levels, self.observed)
        self._root_names = frozenset(v.id for v in network.of_role("context", "risk"))
        self._cache: dict[bytes, Floats] = {}
        self._alone_kept: dict[str, tuple[Floats, Floats]] = {}
        self._predicted: dict[bytes, dict[str, Floats]] = {}

    def _edema(self, links: Floats) -> Floats:
        edema = 1 - self.scenarios.gather(1 - links[:-1])
        edema[self.scenarios.count == 0] = links[-1]
        return np.asarray(edema)

    @cached_property
    def present_matrix(self) -> Floats:
        """(S, G) 1 where a (diagnosis, public state) pair is present."""
        return by_group(self.scenarios, self.scenarios.grade_of)

    @cached_property
    def main_matrix(self) -> Floats:
        """(S, D) the share of the edema that each diagnosis explains."""
        shares = main_shares(self.scenarios, self.links)
        return by_group(self.scenarios, self.scenarios.diagnosis_of, shares)

    @cached_property
    def answers(self) -> Floats:
        """(1 + 2 D, S) one, main cause and presence of each diagnosis, a row each."""
        present = by_group(self.scenarios, self.scenarios.diagnosis_of)
        one = np.ones((1, self.scenarios.size))
        return aligned_copy(np.vstack([one, self.main_matrix.T, present.T]))

    @cached_property
    def kinds_of(self) -> list[list[tuple[int, str, str]]]:
        """Number, id and public state of the kinds of each diagnosis."""
        kinds = [(i, k.id, k.grade, k.diagnosis) for i, k in enumerate(self.network.kinds)]
        return [[k[:3] for k in kinds if k[3] == d] for d in self.scenarios.diagnoses]

    @cached_property
    def sets(self) -> tuple[NDArray[np.intp], list[tuple[str, ...]]]:
        """(sets,) first scenario of each set of diagnoses, and these sets."""
        return diagnosis_sets(self.scenarios)

    @cached_property
    def _with_edema(self) -> Floats:
        """(S,) odds, prevalence and marrow edema multiplied out."""
        return aligned_copy(self.solved.scenario * self.edema)

    @cached_property
    def baseline(self) -> float:
        """The total weight of everyone with marrow edema, before any finding."""
        return float((self.roots_weight({}) * self.solved.scenario * self.edema).sum())

    @cached_property
    def reference_mix(self) -> CaseMix:
        """The case mix at which the shares of the kinds are stated."""
        return reference_mix(self.network)

    def roots_weight(self, evidence: Evidence) -> Floats:
        """(S,) weight of the context and risk factors; cached a set of these findings."""
        return _remembered(self._cache, evidence, partial(self._weighed, evidence), CACHED_ROOTS)

    def _weighed(self, evidence: Evidence) -> Floats:
        weight = self.solved.roots.weights_possible(evidence)[1]
        return weight[0] if len(weight) == 1 else aligned_copy(weight.sum(axis=0))

    def roots_predictive(self, evidence: Evidence) -> dict[str, Floats]:
        """`Roots.predictive`; kept for some sets of these findings."""
        made = partial(self.solved.roots.predictive, evidence)
        return _remembered(self._predicted, evidence, made, CACHED_PREDICTIONS)

    @property
    def roots(self) -> Roots:
        """The solved case mix."""
        return self.solved.roots

    def split_evidence(self, coded: Coded) -> tuple[Evidence, Coded]:
        """Findings on context and risk factors, and all others."""
        roots: Coded = {}
        below: Coded = {}
        for name, known in coded.items():
            (roots if name in self._root_names else below)[name] = known
        return roots, below

    def observed(self, name: str, below: Coded) -> Floats:
        """(levels, S) probability of what is known of a finding and of its parts."""
        likelihood = self.likelihood[name]
        known = below.get(name)
        parts = [p for p in self.parts.get(name, ()) if p in below]
        if not parts:
            return combine(known, likelihood)
        if known is None:
            known = np.ones(len(likelihood))
        absent, present = known[0] * likelihood[0], known[1] * likelihood[1]
        for part in parts:
            absent = absent * below[part][0]
            present = present * combine(below[part], self.likelihood[part])
        return np.asarray(absent + present)

    def belief(self, coded: Coded, assumed: Coded | None = None) -> Belief:
        """The joint posterior of one patient; raises `Contradiction` if there is none.

        `assumed` holds what is taken for granted of variables that were not entered; it
        counts, but these variables stay open to questions.
        """
        assumed = {n: v for n, v in (assumed or {}).items() if n not in coded}
        known = {**assumed, **coded}
        weight, log_scale = self.weigh(known)
        total = float(weight.sum())
        if not total > 0:
            raise Contradiction(describe(self.network, self._smallest_impossible(known)))
        log_evidence = float(np.log(total) + log_scale - np.log(self.baseline))
        weight /= total
        return Belief(weight, log_evidence, coded, assumed, self._posterior_levels)

    def _posterior_levels(self, known: Coded) -> dict[str, Floats]:
        return self.products.posterior_levels(self.split_evidence(known)[1])

    def weigh(self, coded: Coded) -> tuple[Floats, float]:
        """Weights (S,) of the scenarios and a logarithm of scale."""
        roots, below = self.split_evidence(coded)
        weight = aligned(self.scenarios.size)
        absent, present = below[EDEMA].tolist() if EDEMA in below else (1.0, 1.0)
        if (absent, present) == (0, 1):
            np.multiply(self.roots_weight(roots), self._with_edema, out=weight)
        else:
            np.multiply(self.roots_weight(roots), self.solved.scenario, out=weight)
            weight *= absent + (present - absent) * self.edema
        return weight, self.products.multiply(weight, below)

    def _smallest_impossible(self, coded: Coded) -> Coded:
        """A smallest part of impossible findings that is impossible by itself."""

        def impossible(names: tuple[str, ...]) -> bool:
            return not self.weigh({n: coded[n] for n in names})[0].sum() > 0

        for size in (1, 2):
            for group in combinations(coded, size):
                if impossible(group):
                    return {n: coded[n] for n in group}
        kept = tuple(coded)
        for name in coded:
            rest = tuple(n for n in kept if n != name)
            if impossible(rest):
                kept = rest
        return {n: coded[n] for n in kept}

    def alone(self, name: str) -> tuple[Floats, Floats]:
        """(states, S) P(state | low level, scenario) and how much more it is at the high level.

        With nothing known of a part's whole.
        """
        found = self._alone_kept.get(name)
        if found is None:
            of, states = self.cpds[name].variable.part_of, len(self.likelihood[name])
            rows = self.likelihood[name]
            if of:
                rows = np.stack([self.observed(of, {name: row}) for row in np.eye(states)])
            found = aligned_copy(rows[:, 0]), aligned_copy(rows[:, -1] - rows[:, 0])
            self._alone_kept[name] = found
        return found


def _remembered(
    kept: dict[bytes, Made], evidence: Evidence, make: Callable[[], Made], most: int
) -> Made:
    key = b"".join([name.encode() + evidence[name].tobytes() for name in sorted(evidence)])
    found = kept.get(key)
    if found is None:
        found = make()
        if len(kept) >= most:
            kept.clear()
        kept[key] = found
    return found
