"""The numbers that matter to one patient, in many versions side by side.

These are the cells and couplings of the findings that were observed, with their processes, the
links to marrow edema, the base rates and the shares of kinds, and the ratios of the age, sex and
risk factors that are known. The case mix, the multipliers and the odds ratios of risk factors that
are not entered are held as they are. Given the base rates they can move an answer too, where age or
sex is known: in examples at the hip by up to three points (multipliers and odds ratios) and eight
(case mix; standard deviations). `point` collects the numbers, `draw` draws them from their
uncertainty; `variations.vary` changes one at a time.

Every frequency and share is a Dirichlet (two states: a Beta) with mean `Number.value` and
weight `Number.n`; base rates are Betas, scaled to keep the expected number of diagnoses (as in
a Dirichlet, one gains what others lose); an odds ratio is lognormal and a coupling normal,
with `low` to `high` as their 95 % interval.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.findings import Coded
from bme_bayes.network import EDEMA, NONE, Network, Number

Floats = NDArray[np.float64]
LEAST = 2e-4
"""Drawn frequencies and base rates stay above this (or above their value, where lower): a
weight of ten patients can't tell one in 5,000 from one in a million."""
MOST = 0.98
"""No base rate is drawn above this."""
DEFAULT_N = 10.0
Z = 1.959963984540054


@dataclass(frozen=True)
class Parameters:
    """B versions of the numbers; an array that does not vary may have length 1 there.

    cells : finding or process id to (states, B, K + 1) P(state | single cause); last is none
    coupling : finding id to (B, 1) log-odds between the levels of its process
    links : (B, K + 1) P(marrow edema | single cause)
    base : (B, G) base rate of each (diagnosis, public state)
    kind_share : (B, K) share of each kind within its public state
    roots : observed context and risk factors to (states, B, K) share or odds ratio
    """

    size: int
    cells: Mapping[str, Floats]
    coupling: Mapping[str, Floats]
    links: Floats
    base: Floats
    kind_share: Floats
    roots: Mapping[str, Floats]

    def part(self, start: int, stop: int) -> Parameters:
        """The versions from `start` up to `stop`, without a copy."""

        def cut(table: Floats, axis: int = 0) -> Floats:
            if table.shape[axis] == 1:
                return table
            return table[:, start:stop] if axis else table[start:stop]

        return replace(
            self,
            size=min(stop, self.size) - start,
            cells={n: cut(t, 1) for n, t in self.cells.items()},
            coupling={n: cut(t) for n, t in self.coupling.items()},
            links=cut(self.links),
            base=cut(self.base),
            kind_share=cut(self.kind_share),
            roots={n: cut(t, 1) for n, t in self.roots.items()},
        )


def families(space: DiseaseSpace, coded: Coded) -> dict[str, tuple[str, ...]]:
    """The observed findings below the diagnoses: whole to its observed parts."""
    _, below = space.split_evidence(coded)
    out: dict[str, tuple[str, ...]] = {}
    for name in below:
        if name == EDEMA:
            continue
        whole = space.network.variable(name).part_of
        parts = out.get(whole or name, ())
        out[whole or name] = (*parts, name) if whole else parts
    return out


def relevant(space: DiseaseSpace, coded: Coded) -> tuple[str, ...]:
    """Findings whose cells matter, then the processes that they hang on."""
    names = [n for whole, parts in families(space, coded).items() for n in (whole, *parts)]
    processes = [space.network.variable(n).process for n in names]
    return tuple(dict.fromkeys([*names, *(p for p in processes if p)]))


def point(space: DiseaseSpace, coded: Coded) -> Parameters:
    """The numbers as they stand: one version (B = 1)."""
    network = space.network
    cells = {n: _frequencies(space, n)[:, None, :] for n in relevant(space, coded)}
    roots, _ = space.split_evidence(coded)
    mix = space.roots.mix
    ratios = {"age_band": mix.age_ratio, "sex": mix.sex_ratio}
    ratios |= {r.variable.id: r.ratio for r in mix.risks}
    return Parameters(
        size=1,
        cells=cells,
        coupling={n: _coupling(network, n) for n in cells if network.variable(n).process},
        links=space.links[None, :].copy(),
        base=np.array([[b.value for b in base_numbers(space)]]),
        kind_share=_kind_shares(network)[None, :],
        roots={n: ratios[n][:, None, :] for n in roots},
    )


def draw(space: DiseaseSpace, coded: Coded, draws: int, rng: Generator) -> Parameters:
    """Versions of the numbers drawn at random, each independently of the others."""
    if draws < 1:
        raise InputError(f"draws: {draws} is not a positive number")
    network, now = space.network, point(space, coded)
    cells = {
        name: _dirichlet(table[:, 0], cell_weights(network, name), draws, rng)
        for name, table in now.cells.items()
    }
    edema = np.stack([1 - space.links, space.links])
    rates = base_numbers(space)
    value = np.array([r.value for r in rates])
    base = _dirichlet(np.stack([1 - value, value]), np.array([r.n for r in rates]), draws, rng)[1]
    base *= value.sum() / base.sum(axis=1, keepdims=True)
    return Parameters(
        size=draws,
        cells=cells,
        coupling={n: _coupling_draws(network, n, draws, rng) for n in now.coupling},
        links=_dirichlet(edema, cell_weights(network, EDEMA), draws, rng)[1],
        base=np.minimum(base, MOST),
        kind_share=_draw_kind_shares(network, draws, rng),
        roots={n: _draw_root(network, n, t[:, 0], draws, rng) for n, t in now.roots.items()},
    )


def base_numbers(space: DiseaseSpace) -> tuple[Number, ...]:
    """The base rates in the order of the (diagnosis, public state) pairs."""
    prior = space.network.prior
    if prior is None:
        raise InputError("the network has no prior set; load it with a setting")
    base = prior.region(space.network.region)
    return tuple(base[grade] for grade in space.scenarios.grades)


def cell_weights(network: Network, name: str) -> Floats:
    """(K + 1,) weight of each column of a finding: the largest of its states' numbers."""
    causes = [k.cause for k in network.kinds] + [NONE]
    states = network.variable(name).states
    found = [[network.number("frequency", name, s, c) for s in states] for c in causes]
    return np.array([max((x.n for x in column if x), default=DEFAULT_N) for column in found])


def _frequencies(space: DiseaseSpace, name: str) -> Floats:
    cpd = space.cpds.get(name) or space.process_cpds[name]
    return cpd.frequencies


def _coupling(network: Network, name: str) -> Floats:
    return np.full((1, 1), network.value("coupling", name, "", network.variable(name).process, 0.0))


def _coupling_draws(network: Network, name: str, draws: int, rng: Generator) -> Floats:
    number = network.number("coupling", name, "", network.variable(name).process)
    if number is None:
        return np.zeros((draws, 1))
    return rng.normal(number.value, (number.high - number.low) / (2 * Z), (draws, 1))


def _kind_shares(network: Network) -> Floats:
    share = [network.value("kind_share", k.diagnosis, k.id, k.grade, 1.0) for k in network.kinds]
    return np.array(share)


def _dirichlet(mean: Floats, n: Floats, draws: int, rng: Generator) -> Floats:
    """(states, draws, columns) from means (states, columns) and weights (columns,)."""
    gamma = rng.standard_gamma(np.broadcast_to((mean * n)[:, None], (len(mean), draws, len(n))))
    out = gamma / np.maximum(gamma.sum(axis=0), 1e-300)
    out = np.maximum(out, np.minimum(mean, LEAST)[:, None])
    return np.asarray(out / out.sum(axis=0))


def _draw_kind_shares(network: Network, draws: int, rng: Generator) -> Floats:
    out = np.repeat(_kind_shares(network)[None, :], draws, axis=0)
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
        drawn = _dirichlet(mean / mean.sum(), np.array([weight]), draws, rng)
        out[:, members] = drawn[:, :, 0].T * mean.sum()
    return out


def _draw_root(network: Network, name: str, table: Floats, draws: int, rng: Generator) -> Floats:
    """(states, draws, K) ratios of one context or risk factor."""
    variable = network.variable(name)
    causes = [k.cause for k in network.kinds]
    if variable.role == "context":
        usual = reference(network, name)
        share = table * usual
        found = [[network.number("share", name, s, c) for s in variable.states] for c in causes]
        n = np.array([max((x.n for x in column if x), default=DEFAULT_N) for column in found])
        total = share.sum(axis=0)
        return np.asarray(_dirichlet(share / total, n, draws, rng) * total / usual[:, None])
    spread = np.zeros_like(table)
    for j, state in enumerate(variable.states):
        for i, cause in enumerate(causes):
            number = network.number("odds_ratio", name, state, cause)
            if number is not None and number.low > 0:
                spread[j, i] = np.log(number.high / number.low) / (2 * Z)
    states, kinds = np.nonzero(spread)
    noise = rng.standard_normal((len(states), draws)) * spread[states, kinds][:, None]
    out = np.repeat(table[:, None], draws, axis=1)
    out[states, :, kinds] *= np.exp(noise)
    return out


def reference(network: Network, name: str) -> Floats:
    """(states, 1) shares of a context variable at which its shares by kind are stated."""
    states = network.variable(name).states
    return np.array([[network.value("share", name, s, "reference", 1.0)] for s in states])
