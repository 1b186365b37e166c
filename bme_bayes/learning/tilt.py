"""Other base rates with all else kept: what the diagnoses make of age, risks and findings.

The prior over scenarios is multiplied by one factor a grade and one each for no and for three
diagnoses, so that the marginals become the base rates and the counts that go with them. This
is the assumption of prior shift: P(all that can be observed | diagnoses) stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.engine import Engine
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.learning.learned import Grade, updated, updated_prior
from bme_bayes.network import Number
from bme_bayes.priors import PriorSet

Floats = NDArray[np.float64]
ROUNDS = 100
CLOSE = 1e-10
LONGEST_STEP = 2.0


@dataclass(frozen=True)
class Tilt:
    """Scenario probabilities `start` (S,), and features (S, G + 2): grades, none and three."""

    start: Floats
    features: Floats

    def weights(self, factors: Floats) -> Floats:
        """(S,) what each scenario is multiplied by."""
        return np.asarray(np.exp(self.features @ factors))

    def covariance(self, factors: Floats) -> Floats:
        """(G + 2, G + 2) covariance of the features."""
        weight = self.start * self.weights(factors)
        weight = weight / weight.sum()
        mean = weight @ self.features
        return np.asarray(
            (self.features * weight[:, None]).T @ self.features - np.outer(mean, mean)
        )

    def solve(self, target: Floats, factors: Floats) -> Floats:
        """Logarithms of the factors that give the features these means, from a start.

        Newton's method; raises `InputError` for means that no factors give.
        """
        for _ in range(ROUNDS):
            weight = self.start * self.weights(factors)
            gap = target - weight @ self.features / weight.sum()
            if np.abs(gap).max() < CLOSE:
                return factors
            step = np.linalg.lstsq(self.covariance(factors), gap, rcond=1e-12)[0]
            factors = factors + step * min(1.0, LONGEST_STEP / max(np.abs(step).max(), 1e-12))
        raise InputError("these base rates cannot be met together")


def make_tilt(engine: Engine) -> Tilt:
    """The tilt of an engine's prior given marrow edema, before any finding."""
    space = engine.space
    count = space.scenarios.count
    features = np.column_stack([space.present_matrix, count == 0, count == 3])
    return Tilt(engine.belief({}).scenario, features)


def target_of(prior: PriorSet, region: str, grades: tuple[Grade, ...]) -> Floats:
    """(G + 2,) means that a prior set asks for."""
    base, shares = prior.region(region), prior.count_shares(region)
    return np.array([*(base[g].value for g in grades), shares[0], shares[3]])


def shifted_prior(
    engine: Engine, rates: Mapping[Grade, float], name: str = "", note: str = "set by hand"
) -> PriorSet:
    """The setting with other base rates, and the case mix that then follows.

    Base rates that are not named are scaled so that the number of diagnoses a patient stays.
    Raises `UnknownName` or `InputError`.
    """
    prior, region = engine.network.prior, engine.network.region
    assert prior is not None  # the engine has solved it
    base = prior.region(region)
    for grade in rates:
        if grade not in base:
            raise UnknownName("base rate", "=".join(grade), map("=".join, base), f"in {region}")
    rest = {g: n.value for g, n in base.items() if g not in rates}
    room = prior.expected_diagnoses(region) - sum(rates.values())
    if rest and room <= 0:
        raise InputError("these base rates leave no room for the other diagnoses")
    scale = room / sum(rest.values()) if rest else 1.0
    full = {**{g: v * scale for g, v in rest.items()}, **rates}
    new = updated_prior(prior, region, {g: (v, base[g].n) for g, v in full.items()}, note, name)
    tilt = make_tilt(engine)
    factors = tilt.solve(
        target_of(new, region, engine.space.scenarios.grades), np.zeros(tilt.features.shape[1])
    )
    return replace(new, mix=shifted_mix(engine.space, tilt.start * tilt.weights(factors), prior))


def shifted_mix(
    space: DiseaseSpace, weight: Floats, prior: PriorSet
) -> Mapping[tuple[str, str], Number]:
    """The case mix that goes with scenario weights (S,): shares of ages, sexes and risks."""
    roots = space.roots
    joint = roots.weights({})
    joint = joint / joint.sum(axis=0) * (weight / weight.sum())
    pairs = joint.sum(axis=1).reshape(len(roots.mix.age), len(roots.mix.sex))
    shares: dict[str, Floats] = {"age_band": pairs.sum(axis=1), "sex": pairs.sum(axis=0)}
    for index, name in enumerate(roots.names):
        ratio = roots.ratios[index]
        table = roots.mix.risks[index].shares().reshape(len(ratio), -1)
        factor = roots.factor(index, None)
        scaled = np.divide(joint, factor, out=np.zeros_like(joint), where=factor > 0)
        shares[name] = np.einsum("ja,as,js->j", table, scaled, ratio, optimize=True)
    out = {}
    for (name, state), number in prior.mix.items():
        value = float(shares[name][space.network.variable(name).state_index(state)])
        out[name, state] = updated(number, value, number.n, "follows from the base rates")
    return out
