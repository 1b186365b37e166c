"""Exact inference over the disease space.

Given the diagnoses, the risk factors above and the findings below fall apart into small
pieces. So the posterior is one vector over the scenarios (sets of at most three diagnoses
with their kinds), multiplied by one likelihood vector a finding. `DiseaseSpace` is compiled
once a network; `Belief` is what it says of one patient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bme_bayes.bases import Solved, Start, solve
from bme_bayes.belief import Belief
from bme_bayes.cpds import FindingCpd, edema_links, finding_cpd
from bme_bayes.errors import Contradiction
from bme_bayes.findings import Coded, describe
from bme_bayes.likelihoods import combine, scenario_likelihood
from bme_bayes.marginals import by_group, diagnosis_sets, main_shares
from bme_bayes.network import EDEMA, Network
from bme_bayes.roots import Evidence, Roots
from bme_bayes.scenarios import Scenarios, enumerate_scenarios

__all__ = ["Belief", "DiseaseSpace"]

Floats = NDArray[np.float64]
CACHED_ROOTS = 64
RESCALED = 8
"""Findings without a process after which small weights are scaled up again."""
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
            whole = self.cpds.get(cpd.variable.part_of)
            self.likelihood[name] = scenario_likelihood(cpd, self.scenarios, whole)
        self.links = edema_links(network)
        self.edema = self._edema(self.links)
        self.solved: Solved = solve(
            network, self.scenarios, self.edema, start(network) if start else None
        )
        self.parts: dict[str, tuple[str, ...]] = {}
        for name, cpd in self.cpds.items():
            if cpd.variable.part_of:
                self.parts[cpd.variable.part_of] = (*self.parts.get(cpd.variable.part_of, ()), name)
        self._cache: dict[bytes, Floats] = {}

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
        return np.vstack([np.ones((1, len(present))), self.main_matrix.T, present.T])

    @cached_property
    def kinds_of(self) -> list[list[tuple[int, str, str]]]:
        """Number, id and public state of the kinds of each diagnosis."""
        kinds = [(i, k.id, k.grade, k.diagnosis) for i, k in enumerate(self.network.kinds)]
        return [[k[:3] for k in kinds if k[3] == d] for d in self.scenarios.diagnoses]

    @cached_property
    def set_of(self) -> tuple[NDArray[np.intp], list[tuple[str, ...]]]:
        """(S,) number of the set of diagnoses of each scenario, and these sets."""
        return diagnosis_sets(self.scenarios)

    @cached_property
    def baseline(self) -> float:
        """The total weight of everyone with marrow edema, before any finding."""
        return float((self.roots_weight({}) * self.solved.scenario * self.edema).sum())

    def roots_weight(self, evidence: Evidence) -> Floats:
        """(S,) weight of the context and risk factors; cached a set of these findings."""
        key = b"".join(n.encode() + v.tobytes() for n, v in sorted(evidence.items()))
        found = self._cache.get(key)
        if found is None:
            found = self.solved.roots.weights_possible(evidence)[1].sum(axis=0)
            if len(self._cache) >= CACHED_ROOTS:
                self._cache.pop(next(iter(self._cache)), None)
            self._cache[key] = found
        return found

    @property
    def roots(self) -> Roots:
        """The solved case mix."""
        return self.solved.roots

    def split_evidence(self, coded: Coded) -> tuple[Evidence, Coded]:
        """Findings on context and risk factors, and all others."""
        roots: Coded = {}
        below: Coded = {}
        for name, known in coded.items():
            role = self.network.variable(name).role
            (roots if role in ("context", "risk") else below)[name] = known
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
        weight, levels, log_scale = self.weigh({**assumed, **coded})
        total = float(weight.sum())
        if not total > 0:
            raise Contradiction(
                describe(self.network, self._smallest_impossible({**assumed, **coded}))
            )
        log_evidence = float(np.log(total) + log_scale - np.log(self.baseline))
        weight /= total
        return Belief(weight, log_evidence, coded, assumed, levels)

    def weigh(self, coded: Coded) -> tuple[Floats, dict[str, Floats], float]:
        """Weights (S,) of the scenarios, P(level, findings | scenario) and a logarithm of scale."""
        roots, below = self.split_evidence(coded)
        weight = self.roots_weight(roots) * self.solved.scenario
        if EDEMA in below:
            absent, present = below[EDEMA].tolist()
            weight *= (
                self.edema
                if (absent, present) == (0, 1)
                else (absent + (present - absent) * self.edema)
            )
        levels: dict[str, Floats] = dict(self.levels)
        log_scale, since = 0.0, 0
        for name in self._wholes(below):
            factor = self.observed(name, below)
            process = self.network.variable(name).process
            if process:
                joint = levels[process]
                ours = None if joint is self.levels[process] else joint
                levels[process] = np.multiply(joint, factor, out=ours)
                continue
            weight *= factor[0]
            since += 1
            if since % RESCALED == 0:
                log_scale += _rescale(weight)
        for process, joint in levels.items():
            if joint is not self.levels[process]:
                weight *= joint[0] + joint[1]
                log_scale += _rescale(weight)
        return weight, levels, log_scale

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

    def _wholes(self, below: Coded) -> list[str]:
        names = (self.network.variable(n).part_of or n for n in below if n != EDEMA)
        return list(dict.fromkeys(names))

    def predictive(self, name: str, belief: Belief, out: Floats | None = None) -> Floats:
        """(states, S) P(finding = state | scenario, findings) of a finding not yet known."""
        variable = self.network.variable(name)
        if out is None:
            out = np.empty((len(variable.states), self.scenarios.size))
        whole = self.network.variable(variable.part_of or name)
        level = belief.levels[whole.process] if whole.process else None
        family = (whole.id, *self.parts.get(whole.id, ()))
        if name == whole.id and not any(n in belief.known for n in family):
            likelihood = self.likelihood[name]
            if level is None:
                out[:] = likelihood[:, 0]
            else:
                np.multiply(likelihood[:, 0], level[0], out=out)
                out += likelihood[:, 1] * level[1]
            return out
        taken = belief.assumed.get(name, np.ones(len(variable.states)))
        known = belief.known
        joint = np.stack([self.observed(whole.id, {**known, name: row}) for row in np.diag(taken)])
        base = self.observed(whole.id, known)
        if level is not None:
            prior = np.divide(level, base, out=np.zeros_like(level), where=base > 0)
            joint, base = (
                (joint * prior).sum(axis=1, keepdims=True),
                (base * prior).sum(axis=0)[None],
            )
        out[:] = 0.0
        np.divide(joint[:, 0], base[0], out=out, where=base[0] > 0)
        return out


def _rescale(weight: Floats) -> float:
    """Bring weights that became small back to 1, in place; the logarithm of the change."""
    top = float(weight.max())
    if 0 < top < 1e-30:
        weight /= top
        return float(np.log(top))
    return 0.0
