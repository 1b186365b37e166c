"""The numbers that matter to one patient, in many versions side by side.

These are the cells and couplings of the findings that were observed, with their processes; the
links to marrow edema; and all numbers of the prior (`prior_versions`). `point` collects them as
they stand, `draw` draws them from their uncertainty (`spread`), `variations.vary` changes one at a
time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.findings import Coded
from bme_bayes.network import EDEMA, NONE, Network
from bme_bayes.questions.prior_draws import prior_draw
from bme_bayes.questions.prior_versions import PriorVersions
from bme_bayes.questions.refit import refit_of
from bme_bayes.questions.spread import DEFAULT_N, dirichlet, normal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """B versions of the numbers; an array that does not vary may have length 1 there.

    cells : finding or process id to (states, B, K + 1) P(state | single cause); last is none
    coupling : finding id to (B, 1) log-odds between the levels of its process
    links : (B, K + 1) P(marrow edema | single cause)
    prior : how common what is, and who comes
    """

    size: int
    cells: Mapping[str, Floats]
    coupling: Mapping[str, Floats]
    links: Floats
    prior: PriorVersions

    def part(self, start: int, stop: int) -> Parameters:
        """The versions from `start` up to `stop`, without a copy."""

        def cut(table: Floats, axis: int = 0) -> Floats:
            if table.shape[axis] == 1:
                return table
            return table[:, start:stop] if axis else table[start:stop]

        return Parameters(
            size=min(stop, self.size) - start,
            cells={n: cut(t, 1) for n, t in self.cells.items()},
            coupling={n: cut(t) for n, t in self.coupling.items()},
            links=cut(self.links),
            prior=self.prior.part(start, stop) if self.size > 1 else self.prior,
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
    return Parameters(
        size=1,
        cells=cells,
        coupling={n: _coupling(network, n) for n in cells if network.variable(n).process},
        links=space.links[None, :].copy(),
        prior=refit_of(space).now,
    )


def draw(space: DiseaseSpace, coded: Coded, draws: int, rng: Generator) -> Parameters:
    """Versions of the numbers drawn at random, each independently of the others."""
    if draws < 1:
        raise InputError(f"draws: {draws} is not a positive number")
    network, now = space.network, point(space, coded)
    cells = {
        name: dirichlet(table[:, 0], cell_weights(network, name), draws, rng)
        for name, table in now.cells.items()
    }
    edema = np.stack([1 - space.links, space.links])
    return Parameters(
        size=draws,
        cells=cells,
        coupling={n: _coupling_draws(network, n, draws, rng) for n in now.coupling},
        links=dirichlet(edema, cell_weights(network, EDEMA), draws, rng)[1],
        prior=prior_draw(space, now.prior, draws, rng),
    )


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
    return np.zeros((draws, 1)) if number is None else normal(number, draws, rng)
