"""Exact inference over the disease space.

Given the diagnoses, the risk factors above and the findings below fall apart into small
pieces. So the posterior is one vector over the scenarios (sets of at most three diagnoses
with their kinds), multiplied by one likelihood vector a finding. `DiseaseSpace` is compiled
once a network; `Belief` is what it says of one patient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bme_bayes.bases import Solved, Start, solve
from bme_bayes.cpds import FindingCpd, edema_links, finding_cpd
from bme_bayes.errors import Contradiction
from bme_bayes.findings import Coded, describe
from bme_bayes.likelihoods import scenario_likelihood
from bme_bayes.network import EDEMA, Network
from bme_bayes.roots import Evidence, Roots
from bme_bayes.scenarios import Scenarios, enumerate_scenarios

Floats = NDArray[np.float64]
CACHED_ROOTS = 64
StartFor = Callable[[Network], Start | None]


@dataclass(frozen=True)
class Belief:
    """The joint posterior of one patient.

    scenario : (S,) posterior of each scenario
    levels : process id to (2, S) P(level | scenario, findings)
    log_evidence : natural log of P(findings | marrow edema) in this setting
    coded : the findings it rests on
    assumed : what was taken for granted of variables that were not entered
    """

    scenario: Floats
    levels: dict[str, Floats]
    log_evidence: float
    coded: Coded
    assumed: Coded = field(default_factory=dict)

    @property
    def known(self) -> Coded:
        """What was entered and what was assumed."""
        return {**self.assumed, **self.coded}


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
    def main_shares(self) -> Floats:
        """(S, 3) share of the edema that each member explains, given that there is edema.

        Of the members whose link to marrow edema was active, each explains an equal part.
        """
        padded = np.append(self.links[:-1], 0.0)[self.scenarios.members]
        out = np.zeros_like(padded)
        for member in range(3):
            first, second = (i for i in range(3) if i != member)
            p, q = padded[:, first], padded[:, second]
            alone = (1 - p) * (1 - q) + (p * (1 - q) + q * (1 - p)) / 2 + p * q / 3
            out[:, member] = padded[:, member] * alone
        total = np.maximum(out.sum(axis=1, keepdims=True), 1e-300)
        return np.asarray(np.where(self.scenarios.count[:, None] > 0, out / total, 0.0))

    @cached_property
    def present_matrix(self) -> Floats:
        """(S, G) 1 where a (diagnosis, public state) pair is present."""
        return self._by_group(self.scenarios.grade_of, len(self.scenarios.grades), np.ones((1, 3)))

    @cached_property
    def main_matrix(self) -> Floats:
        """(S, D) the share of the edema that each diagnosis explains."""
        return self._by_group(
            self.scenarios.diagnosis_of, len(self.scenarios.diagnoses), self.main_shares
        )

    def _by_group(self, group_of: NDArray[np.intp], groups: int, weight: Floats) -> Floats:
        out = np.zeros((self.scenarios.size, groups + 1))
        columns = np.append(group_of, groups)[self.scenarios.members]
        weight = np.broadcast_to(weight, columns.shape)
        rows = np.arange(self.scenarios.size)
        for member in range(3):
            np.add.at(out, (rows, columns[:, member]), weight[:, member])
        return out[:, :groups]

    @cached_property
    def set_of(self) -> tuple[NDArray[np.intp], list[tuple[str, ...]]]:
        """(S,) number of the set of diagnoses of each scenario, and these sets."""
        padded = np.append(self.scenarios.diagnosis_of, len(self.scenarios.diagnoses))
        table, index = np.unique(padded[self.scenarios.members], axis=0, return_inverse=True)
        names = [*self.scenarios.diagnoses, ""]
        return index.ravel(), [tuple(names[i] for i in row if names[i]) for row in table]

    @cached_property
    def baseline(self) -> float:
        """The total weight of everyone with marrow edema, before any finding."""
        return float((self.roots_weight({}) * self.solved.scenario * self.edema).sum())

    def roots_weight(self, evidence: Evidence) -> Floats:
        """(S,) weight of the context and risk factors; cached a set of these findings."""
        key = b"".join(n.encode() + v.tobytes() for n, v in sorted(evidence.items()))
        found = self._cache.get(key)
        if found is None:
            found = self.solved.roots.weights(evidence).sum(axis=0)
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
        roots = {
            n: v for n, v in coded.items() if self.network.variable(n).role in ("context", "risk")
        }
        return roots, {n: v for n, v in coded.items() if n not in roots}

    def observed(self, name: str, below: Coded) -> Floats:
        """(levels, S) probability of what is known of a finding and of its parts."""
        likelihood = self.likelihood[name]
        known = below.get(name, np.ones(len(likelihood)))
        parts = [p for p in self.parts.get(name, ()) if p in below]
        if not parts:
            return np.asarray(np.tensordot(known, likelihood, axes=1))
        absent, present = known[0] * likelihood[0], known[1] * likelihood[1]
        for part in parts:
            absent = absent * below[part][0]
            present = present * np.tensordot(below[part], self.likelihood[part], axes=1)
        return np.asarray(absent + present)

    def belief(self, coded: Coded, assumed: Coded | None = None) -> Belief:
        """The joint posterior of one patient; raises `Contradiction` if there is none.

        `assumed` holds what is taken for granted of variables that were not entered; it
        counts, but these variables stay open to questions.
        """
        assumed = {n: v for n, v in (assumed or {}).items() if n not in coded}
        weight, levels, log_scale = self._weigh({**assumed, **coded})
        total = float(weight.sum())
        if not total > 0:
            raise Contradiction(
                describe(self.network, self._smallest_impossible({**assumed, **coded}))
            )
        log_evidence = float(np.log(total) + log_scale - np.log(self.baseline))
        return Belief(weight / total, levels, log_evidence, coded, assumed)

    def _weigh(self, coded: Coded) -> tuple[Floats, dict[str, Floats], float]:
        roots, below = self.split_evidence(coded)
        weight = self.roots_weight(roots) * self.solved.scenario
        if EDEMA in below:
            edema = np.stack([1 - self.edema, self.edema])
            weight = weight * np.tensordot(below[EDEMA], edema, axes=1)
        levels = dict(self.levels)
        log_scale = 0.0
        for name in self._wholes(below):
            factor = self.observed(name, below)
            process = self.network.variable(name).process
            if process:
                levels[process] = levels[process] * factor
            else:
                weight, log_scale = _rescale(weight * factor[0], log_scale)
        for process, joint in levels.items():
            if joint is not self.levels[process]:
                total = joint.sum(axis=0)
                weight, log_scale = _rescale(weight * total, log_scale)
                levels[process] = np.divide(
                    joint, total, out=np.full_like(joint, 0.5), where=total > 0
                )
        return weight, levels, log_scale

    def _smallest_impossible(self, coded: Coded) -> Coded:
        """A smallest part of impossible findings that is impossible by itself."""

        def impossible(names: tuple[str, ...]) -> bool:
            return not self._weigh({n: coded[n] for n in names})[0].sum() > 0

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
        names: list[str] = []
        for name in below:
            if name == EDEMA:
                continue
            whole = self.network.variable(name).part_of or name
            if whole not in names:
                names.append(whole)
        return names

    def predictive(self, name: str, belief: Belief) -> Floats:
        """(states, S) P(finding = state | scenario, findings) of a finding not yet known."""
        variable = self.network.variable(name)
        whole = variable.part_of or name
        level = (
            belief.levels[self.network.variable(whole).process]
            if self.network.variable(whole).process
            else None
        )
        states = range(len(variable.states))
        taken = belief.assumed.get(name, np.ones(len(variable.states)))
        rows = [
            self.observed(whole, {**belief.known, name: _one(i, len(taken)) * taken[i]})
            for i in states
        ]
        base = self.observed(whole, belief.known)
        joint = np.stack(rows)
        if level is None:
            joint, norm = joint[:, 0], base[0]
        else:
            prior = np.divide(level, base, out=np.zeros_like(level), where=base > 0)
            joint, norm = (joint * prior).sum(axis=1), (base * prior).sum(axis=0)
        return np.asarray(np.divide(joint, norm, out=np.zeros_like(joint), where=norm > 0))


def _one(index: int, size: int) -> Floats:
    out = np.zeros(size)
    out[index] = 1.0
    return out


def _rescale(weight: Floats, log_scale: float) -> tuple[Floats, float]:
    top = float(weight.max())
    if 0 < top < 1e-30:
        return weight / top, log_scale + float(np.log(top))
    return weight, log_scale
