"""Solve the odds so that the model's marginals are the prior set's base rates.

Base rates and case mix are stated given marrow edema. The odds that give them are found by
Newton's method on the marginals before any finding, so that what a researcher types is
what the model says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bme_bayes.casemix import CaseMix, build_case_mix
from bme_bayes.errors import InputError
from bme_bayes.network import Network
from bme_bayes.priors import COUNT_CAP, PriorSet
from bme_bayes.roots import Roots, spread
from bme_bayes.scenarios import Scenarios

Floats = NDArray[np.float64]
TOLERANCE = 1e-9
MOST_ROUNDS = 60
LONGEST_STEP = 1.5
PAIR_WEIGHT = 0.2


@dataclass(frozen=True)
class Solved:
    """The solved prior of a network.

    odds : (K,) odds of each kind
    prevalence : (4,) weight of 0 to 3 diagnoses at once
    roots : the solved case mix, over the scenarios
    scenario : (S,) odds and prevalence multiplied out, without marrow edema
    theta : the vector that was solved for, to start from another time
    rounds : how many rounds of fitting it took
    """

    odds: Floats
    prevalence: Floats
    roots: Roots
    scenario: Floats
    theta: Floats
    rounds: int


Start = Floats
"""A vector to start from: an earlier result makes the fit a matter of one round."""


def kind_offsets(network: Network, mix: CaseMix) -> Floats:
    """(K,) odds of each kind within its public state, from the shares at the reference mix."""
    power = network.prior.kind_power if network.prior else 1.0
    stated = [network.value("kind_share", k.diagnosis, k.id, k.grade, 1.0) for k in network.kinds]
    return np.asarray(np.array(stated) ** power / mix.mean_ratio())


def reference_mix(network: Network) -> CaseMix:
    """The case mix at which the shares of the kinds are stated."""
    mix = build_case_mix(network)

    def reference(name: str, size: int) -> Floats:
        states = network.variable(name).states
        found = [network.value("share", name, s, "reference", 1.0 / size) for s in states]
        return np.array(found) / sum(found)

    risks = []
    for risk in mix.risks:
        states = risk.variable.states
        shares = np.array(
            [network.value("share", risk.variable.id, s, "reference", 0) for s in states]
        )
        shares[0] = 1 - shares[1:].sum()
        risks.append(replace(risk, odds=shares / shares[0]))
    return replace(mix, age=reference("age_band", 5), sex=reference("sex", 2), risks=tuple(risks))


def solve(
    network: Network, scenarios: Scenarios, edema: Floats, start: Start | None = None
) -> Solved:
    """Fit odds and case mix to the prior set given marrow edema.

    Parameters: `edema` is P(marrow edema | scenario), (S,). Raises `InputError` when the
    base rates cannot be met together.
    """
    prior = network.prior
    if prior is None:
        raise InputError("the network has no prior set; load it with a setting")
    mix = build_case_mix(network)
    offsets = kind_offsets(network, reference_mix(network))
    target = _target(prior, network.region, scenarios, mix)
    theta = _first_guess(target, len(scenarios.grades), mix) if start is None else start
    fit = _Fit(scenarios, edema, offsets, mix)
    residual = np.zeros(0)
    for step in range(1, MOST_ROUNDS + 1):
        with np.errstate(all="ignore"):  # a fit that runs away is found out below
            residual, jacobian = fit.residual(theta, target)
        if np.abs(residual).max() < TOLERANCE:
            return fit.solved(theta, step)
        if not np.isfinite(jacobian).all():
            break
        move = np.linalg.lstsq(jacobian, -residual, rcond=1e-10)[0]
        theta = theta + move * min(1.0, LONGEST_STEP / max(np.abs(move).max(), 1e-12))
    raise InputError(
        f"the base rates of {prior.name} in {network.region} cannot be met together "
        f"(still off by {np.abs(residual).max():.4f})"
    )


def _target(prior: PriorSet, region: str, scenarios: Scenarios, mix: CaseMix) -> Floats:
    """(M,) the marginals to be met, in the order of `_Fit`."""
    base, count = prior.region(region), np.array(prior.count_shares(region))
    rates = [base[g].value for g in scenarios.grades]
    shares = [r.odds[1:] / r.odds.sum() for r in mix.risks]
    return np.concatenate([rates, count[[0, 3]], mix.age[1:], mix.sex[1:], *shares])


def _first_guess(target: Floats, grades: int, mix: CaseMix) -> Floats:
    """(M,) where the fit starts: odds as if nothing hung together."""
    theta = np.log(np.maximum(target, 1e-12))
    theta[grades : grades + 2] = np.log([0.01, 0.05])
    ages = slice(grades + 2, grades + 6)
    theta[ages] -= np.log(mix.age[0])
    theta[ages.stop] -= np.log(mix.sex[0])
    odds = [np.log(np.maximum(r.odds[1:], 1e-12)) for r in mix.risks]
    theta[ages.stop + 1 :] = np.concatenate(odds)
    return np.asarray(theta)


@dataclass(frozen=True)
class _Fit:
    """Residuals and their Jacobian for one vector of logarithms `theta`.

    theta : log odds of each grade, log weights of 0 and 3 diagnoses (against 1 and 2), log
    weights of age bands and sex (against the first), log odds of each risk state.
    """

    scenarios: Scenarios
    edema: Floats
    offsets: Floats
    mix: CaseMix

    def unpack(self, theta: Floats) -> tuple[Floats, Floats, CaseMix]:
        grades = len(self.scenarios.grades)
        odds = np.exp(theta[:grades])[self.scenarios.grade_of] * self.offsets
        none, three = np.exp(theta[grades : grades + 2])
        prevalence = np.array([none, 1.0, PAIR_WEIGHT, three])
        age = np.exp(np.append(0.0, theta[grades + 2 : grades + 6]))
        sex = np.exp(np.append(0.0, theta[grades + 6 : grades + 7]))
        place = grades + 7
        risks = []
        for risk in self.mix.risks:
            size = len(risk.odds) - 1
            risks.append(replace(risk, odds=np.exp(np.append(0.0, theta[place : place + size]))))
            place += size
        mix = replace(self.mix, age=age / age.sum(), sex=sex / sex.sum(), risks=tuple(risks))
        return odds, prevalence, mix

    def residual(self, theta: Floats, target: Floats) -> tuple[Floats, Floats]:
        odds, prevalence, mix = self.unpack(theta)
        roots = spread(mix, self.scenarios)
        scenario = self.scenarios.gather(odds) * prevalence[self.scenarios.count] * self.edema
        joint = roots.everyone * scenario
        joint /= joint.sum()
        features, first = self._features()
        size = len(features)
        mean, stated, both = np.zeros(size), np.zeros(size), np.zeros((size, size))
        for pair, weight in enumerate(joint):
            shares = self._fill(features, first, roots, pair)
            now = features @ weight
            mean += now
            stated += shares * weight.sum()
            both += (features * weight) @ features.T - np.outer(now, shares)
            for place, states in self._blocks(first):
                within = slice(place, place + states)
                own = features[within]
                both[within, within] += np.diag(now[within]) - (own * weight) @ own.T
        return mean - target, both - np.outer(mean, mean - stated)

    def _blocks(self, first: int) -> Iterator[tuple[int, int]]:
        """First row and number of rows of each risk factor among the features."""
        for risk in self.mix.risks:
            yield first, len(risk.odds) - 1
            first += len(risk.odds) - 1

    def _fill(self, features: Floats, first: int, roots: Roots, pair: int) -> Floats:
        """Set the features of one pair of age and sex; the stated share of each, or 0."""
        shares = np.zeros(len(features))
        age, sex = divmod(pair, len(self.mix.sex))
        ages = slice(len(self.scenarios.grades) + 2, first - 1)
        features[ages] = (np.arange(1, len(self.mix.age)) == age)[:, None]
        features[first - 1] = sex == 1
        for index, (place, states) in enumerate(self._blocks(first)):
            share = roots.shares[index][:, pair]
            chance = share[:, None] * roots.ratios[index]
            total = chance.sum(axis=0)
            own = features[place : place + states]
            own[:] = 0.0
            np.divide(chance[1:], total, out=own, where=total > 0)
            shares[place : place + states] = share[1:]
        return shares

    def _features(self) -> tuple[Floats, int]:
        """(len(theta), S) features that are the same for everyone; first row of the risk factors.

        These are the grades and whether there are 0 or 3 diagnoses; the rest are zeros.
        """
        grades, scenarios = len(self.scenarios.grades), self.scenarios
        first = grades + 2 + len(self.mix.age) - 1 + len(self.mix.sex) - 1
        out = np.zeros((first + sum(len(r.odds) - 1 for r in self.mix.risks), scenarios.size))
        columns = np.append(scenarios.grade_of, grades)[scenarios.members]
        for member in range(COUNT_CAP):
            out[columns[:, member], np.arange(scenarios.size)] = 1.0
        out[grades], out[grades + 1] = scenarios.count == 0, scenarios.count == COUNT_CAP
        return out, first

    def solved(self, theta: Floats, rounds: int) -> Solved:
        odds, prevalence, mix = self.unpack(theta)
        scenario = self.scenarios.gather(odds) * prevalence[self.scenarios.count]
        return Solved(odds, prevalence, spread(mix, self.scenarios), scenario, theta, rounds)
