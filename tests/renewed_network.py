"""Networks with other numbers of the prior, to be solved anew: what re-weighting is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.network import EDEMA, NONE, Network, Number, NumberKey
from bme_bayes.questions.parameters import Parameters
from bme_bayes.questions.prior_versions import by

Floats = NDArray[np.float64]


def with_one(network: Network, number: Number, value: float) -> Network:
    """One number changed; the others of its column keep their proportions."""
    prior = network.prior
    assert prior is not None
    shrink = (1 - value) / (1 - number.value)
    if number.quantity == "base_rate" and (number.child, number.state) in prior.mix:
        mix = {
            key: replace(n, value=n.value * shrink) if key[0] == number.child else n
            for key, n in prior.mix.items()
        }
        mix[number.child, number.state] = replace(number, value=value)
        return network.with_prior(replace(prior, mix=mix))
    if number.quantity == "base_rate":
        base = dict(prior.region(network.region))
        rest = sum(n.value for n in base.values()) - number.value
        scale = 1 - (value - number.value) / rest
        base = {g: replace(n, value=n.value * scale) for g, n in base.items()}
        base[number.child, number.state] = replace(number, value=value)
        return _with_base(network, base)
    numbers = dict(network.numbers)
    for key, n in network.numbers.items():
        column = (n.quantity, n.child, n.cause) == (number.quantity, number.child, number.cause)
        if column and number.quantity in ("share", "kind_share"):
            numbers[key] = replace(n, value=n.value * shrink)
    key = (number.quantity, number.child, number.state, number.cause)
    return replace(network, numbers={**numbers, key: replace(number, value=value)})


def drawn(space: DiseaseSpace, versions: Parameters, row: int) -> Network:
    """The network of one version of the prior and the links."""
    network, prior, own = space.network, space.network.prior, versions.prior
    assert prior is not None
    causes = [k.cause for k in network.kinds]
    numbers = dict(network.numbers)

    def put(key: NumberKey, value: float) -> None:
        if key in numbers:
            numbers[key] = replace(numbers[key], value=float(value))

    for name, table in own.kinds.items():
        variable = network.variable(name)
        quantity = "share" if variable.role == "context" else "odds_ratio"
        for i, state in enumerate(variable.states):
            put(("share", name, state, "reference"), own.reference[name][i, row])
            for j, cause in enumerate(causes):
                put((quantity, name, state, cause), table[i, row, j])
            for j, cause in enumerate(by(network)):
                if name in own.multiplier:
                    put(("multiplier", name, state, cause), own.multiplier[name][i, row, j])
    for i, kind in enumerate(network.kinds):
        put(("kind_share", kind.diagnosis, kind.id, kind.grade), own.kind_share[row, i])
    for i, cause in enumerate([*causes, NONE]):
        put(("frequency", EDEMA, "present", cause), versions.links[row, i])
    rates = dict(zip(space.scenarios.grades, own.base[row], strict=True))
    base = {g: replace(n, value=float(rates[g])) for g, n in prior.region(network.region).items()}
    mix = {
        (name, state): replace(
            n, value=float(own.mix[name][network.variable(name).state_index(state), row])
        )
        for (name, state), n in prior.mix.items()
    }
    changed = replace(network, numbers=numbers).with_prior(replace(prior, mix=mix))
    return _with_base(changed, base)


def moved_and_error(
    space: DiseaseSpace, belief: Belief, versions: Parameters, found: Floats
) -> tuple[float, float]:
    """How far the posteriors (B, D) of networks solved anew move, and how far `found` is off."""
    before = belief.scenario @ space.main_matrix
    after = []
    for row in range(versions.size):
        again = DiseaseSpace(drawn(space, versions, row))
        after.append(again.belief(belief.coded).scenario @ again.main_matrix)
    return float(np.linalg.norm(after - before)), float(np.linalg.norm(found - np.array(after)))


def _with_base(network: Network, base: Mapping[tuple[str, str], Number]) -> Network:
    assert network.prior is not None
    rates = {**network.prior.base, network.region: base}
    return network.with_prior(replace(network.prior, base=rates))
