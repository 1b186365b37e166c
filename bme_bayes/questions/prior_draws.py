"""The numbers of the prior drawn from their uncertainty (`spread`).

Base rates are scaled to keep the expected number of diagnoses, so that, as in a Dirichlet, one
gains what others lose.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.network import Network, Number, Variable
from bme_bayes.questions.prior_versions import (
    REFERENCE,
    PriorVersions,
    base_numbers,
    by,
    roots,
)
from bme_bayes.questions.spread import DEFAULT_N, dirichlet, lognormal

Floats = NDArray[np.float64]
MOST = 0.98
"""No base rate is drawn above this."""


def prior_draw(
    space: DiseaseSpace, now: PriorVersions, draws: int, rng: Generator
) -> PriorVersions:
    """Versions of `now` drawn at random, each number independently of the others."""
    network = space.network
    rates = base_numbers(space)
    value = np.array([r.value for r in rates])
    base = dirichlet(np.stack([1 - value, value]), np.array([r.n for r in rates]), draws, rng)[1]
    base *= value.sum() / base.sum(axis=1, keepdims=True)
    given = network.prior.mix if network.prior else {}
    mix, reference = {}, {}
    for v in roots(network):
        stated = [given.get((v.id, s)) for s in v.states]
        mix[v.id] = _draw_shares(now.mix[v.id], stated, draws, rng)
        stated = [network.number("share", v.id, s, REFERENCE) for s in v.states]
        reference[v.id] = _draw_shares(now.reference[v.id], stated, draws, rng)
    return PriorVersions(
        base=np.minimum(base, MOST),
        kind_share=_draw_kind_shares(network, now, draws, rng),
        kinds={v.id: _draw_kinds(network, v, now, draws, rng) for v in roots(network)},
        mix=mix,
        reference=reference,
        multiplier={v.id: _draw_multipliers(network, v, now, draws, rng) for v in network.risks},
    )


def _draw_shares(share: Floats, stated: list[Number | None], draws: int, rng: Generator) -> Floats:
    """(states, draws) shares; as they stand where none is stated."""
    known = [n for n in stated if n]
    if not known:
        return share
    return dirichlet(share, np.array([max(n.n for n in known)]), draws, rng)[:, :, 0]


def _draw_kind_shares(network: Network, now: PriorVersions, draws: int, rng: Generator) -> Floats:
    out = np.repeat(now.kind_share, draws, axis=0)
    groups: dict[tuple[str, str], list[int]] = {}
    for i, kind in enumerate(network.kinds):
        groups.setdefault((kind.diagnosis, kind.grade), []).append(i)
    for (diagnosis, grade), members in groups.items():
        ids = [network.kinds[i].id for i in members]
        numbers = [network.number("kind_share", diagnosis, kind, grade) for kind in ids]
        if len(members) == 1 or not all(numbers):
            continue
        weight = max(x.n for x in numbers if x)
        mean = out[0, members][:, None]
        drawn = dirichlet(mean / mean.sum(), np.array([weight]), draws, rng)
        out[:, members] = drawn[:, :, 0].T * mean.sum()
    return out


def _draw_kinds(
    network: Network, variable: Variable, now: PriorVersions, draws: int, rng: Generator
) -> Floats:
    """(states, draws, K) shares or odds ratios of one context or risk factor."""
    causes, table = [k.cause for k in network.kinds], now.kinds[variable.id][:, 0]
    quantity = "share" if variable.role == "context" else "odds_ratio"
    stated = [
        [network.number(quantity, variable.id, s, c) for c in causes] for s in variable.states
    ]
    if variable.role == "context":
        n = [
            max((x.n for x in column if x), default=DEFAULT_N)
            for column in zip(*stated, strict=True)
        ]
        total = table.sum(axis=0)
        return np.asarray(dirichlet(table / total, np.array(n), draws, rng) * total)
    out = np.repeat(table[:, None], draws, axis=1)
    for j, row in enumerate(stated):
        known = [i for i, x in enumerate(row) if x]
        out[j][:, known] *= lognormal([x for x in row if x], draws, rng)
    return out


def _draw_multipliers(
    network: Network, variable: Variable, now: PriorVersions, draws: int, rng: Generator
) -> Floats:
    """(states, draws, 5 + 2) multipliers of one risk factor; what is impossible stays so."""
    out = np.repeat(now.multiplier[variable.id], draws, axis=1)
    for j, state in enumerate(variable.states):
        row = [network.number("multiplier", variable.id, state, c) for c in by(network)]
        known = [i for i, x in enumerate(row) if x]
        out[j][:, known] *= lognormal([x for x in row if x], draws, rng)
    return out
