"""One patient's posterior under many versions of the numbers at once.

The prior that was solved for the base rates is kept and re-weighted, so nothing is solved
again. Exact for the cells of findings, shares of processes and couplings (the prior does not
depend on them). The numbers of the prior and the links to marrow edema change the odds of the
kinds, so that all that the prior is solved for is met again (`refit`: near a new solution).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from bme_bayes.cpds import split_by_process
from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.machine import one_thread
from bme_bayes.network import EDEMA
from bme_bayes.questions.factors import (
    Factor,
    Fixed,
    Mean,
    WithParts,
    by_pair,
    linear,
    settle,
    wide,
)
from bme_bayes.questions.layout import lay_out
from bme_bayes.questions.parameters import Parameters, families, point
from bme_bayes.questions.refit import refit_of

Floats = NDArray[np.float64]
PART = 128
"""Versions whose tables are made at once."""
CACHED, FEWEST = 40_000, 8
"""Numbers in an array over scenarios and versions that is worked on: few enough for the
processor's cache, but not fewer versions than the second."""


@dataclass(frozen=True)
class Versions:
    """Unnormalised answers, one row a version.

    total : (B,) probability of the findings, up to one common constant
    main : (B, D) the part of it in which the diagnosis explains the edema
    present : (B, D) the part of it with the diagnosis present
    """

    total: Floats
    main: Floats
    present: Floats

    def main_cause(self) -> Floats:
        """(B, D) posterior of each diagnosis as the main cause."""
        return np.asarray(self.main / self.total[:, None])

    def presence(self) -> Floats:
        """(B, D) posterior of each diagnosis being present."""
        return np.asarray(np.minimum(self.present / self.total[:, None], 1.0))


Process = tuple[Factor, tuple[list[Factor], list[Factor]]]
"""P(process is low) and the factors of the findings at its low and at its high level."""


class Reweigher:
    """One patient's findings, laid out for many versions of the numbers.

    Scenarios that hold all but `neglect` of the present posterior are kept; `neglected` is the
    mass that is left out. Answers are for `Parameters` of the same findings.
    """

    def __init__(self, space: DiseaseSpace, belief: Belief, neglect: float = 1e-9) -> None:
        self.space, self.coded = space, belief.known
        self.families = families(space, belief.known)
        roots, below = space.split_evidence(belief.known)
        self.edema = below.get(EDEMA, np.ones(2))
        order = np.argsort(-belief.scenario)
        held = np.cumsum(belief.scenario[order])
        self.keep = np.sort(order[: int(np.searchsorted(held, 1 - neglect)) + 1])
        self.neglected = float(max(1 - belief.scenario[self.keep].sum(), 0.0))
        by_pair = space.roots.weights_possible(roots)[1][:, self.keep]
        total = by_pair.sum(axis=0)
        self.weight = total * space.solved.scenario[self.keep]
        self.chance = by_pair / np.maximum(total, 1e-300)
        self.layout = lay_out(space, self.keep)
        self.now = point(space, belief.known)
        self.scale = {n: _scale(t[:, 0], belief.known.get(n)) for n, t in self.now.cells.items()}

    def evaluate(self, parameters: Parameters) -> Versions:
        """The posterior under every version."""
        size = parameters.size
        parts = [parameters.part(i, i + PART) for i in range(0, size, PART)]
        with one_thread():
            rows = [answer for part in parts for answer in self._part(part)]
        total, main, present = (np.concatenate(c, axis=-1) for c in zip(*rows, strict=True))
        return Versions(total, main.T, present.T)

    def _part(self, parameters: Parameters) -> Iterator[tuple[Floats, Floats, Floats]]:
        free, processes = self._factors(parameters)
        links = wide(parameters.links, len(parameters.links))[:-1]
        step = max(CACHED // self.layout.size, FEWEST)
        for start in range(0, parameters.size, step):
            part = slice(start, min(start + step, parameters.size))
            yield self._chunk(links, free, processes, part)

    def _chunk(
        self, links: Floats, free: list[Factor], processes: list[Process], part: slice
    ) -> tuple[Floats, Floats, Floats]:
        layout, width = self.layout, part.stop - part.start
        weight, low, high = layout.work(width)
        work = layout.work(width)
        weight[:] = self.weight[:, None]
        for factor in free:
            weight *= factor.over(layout, part, work)
        for level, (at_low, at_high) in processes:
            low[:] = level.over(layout, part, work)
            np.subtract(1.0, low, out=high)
            for factor in at_low:
                low *= factor.over(layout, part, work)
            for factor in at_high:
                high *= factor.over(layout, part, work)
            low += high
            weight *= low
        links = links if links.shape[1] == 1 else links[:, part]
        return layout.collect(weight, links, self.edema, work)

    def _factors(self, parameters: Parameters) -> tuple[list[Factor], list[Process]]:
        changes = refit_of(self.space).changes(parameters.prior, parameters.links, self.coded)
        free: list[Factor] = [by_pair(changes, self.chance)]
        processes: dict[str, Process] = {}
        for whole, parts in self.families.items():
            process = self.space.network.variable(whole).process
            split = self._split(parameters, whole, process)
            if not process:
                free.append(self._factor(parameters, split[:, :1], whole, parts))
                continue
            if process not in processes:
                shares = parameters.cells[process][:, None]
                level = linear(shares, np.array([1.0, 0.0]), shares.shape[2])
                processes[process] = (level, ([], []))
            for number, factors in enumerate(processes[process][1]):
                at = split[:, number : number + 1]
                factors.append(self._factor(parameters, at, whole, parts))
        varying: list[Process] = []
        for low, both in processes.values():
            chance, at_low, at_high = (settle(fs, self.layout) for fs in ([low], *both))
            same = [fs[0].value for fs in (chance, at_low, at_high) if _is_fixed(fs)]
            if len(same) == 3:
                free.append(Fixed(same[0] * same[1] + (1 - same[0]) * same[2]))
            else:
                varying.append((chance[0], (at_low, at_high)))
        return settle(free, self.layout), varying

    def _split(self, parameters: Parameters, whole: str, process: str) -> Floats:
        """(states, levels, B, K + 1) of a finding."""
        cells = parameters.cells[whole]
        if not process:
            return cells[:, None]
        return split_by_process(cells, parameters.cells[process][1], parameters.coupling[whole])

    def _factor(
        self, parameters: Parameters, split: Floats, whole: str, parts: tuple[str, ...]
    ) -> Factor:
        """What is known of a finding and its parts; `split` (states, 1, B, K + 1) at one level."""
        variable, cells = self.space.network.variable(whole), parameters.cells[whole]
        known = self.coded.get(whole, np.ones(len(cells))) / self.scale[whole]
        if not parts:
            if variable.model == "mixture":
                table = np.tensordot(known, split[:, 0], axes=1)
                return Mean(wide(table, len(table), 0.0))
            return linear(split, known, split.shape[2])
        size = max(parameters.cells[n].shape[1] for n in (whole, *parts))
        size = max(size, split.shape[2])
        below = linear(split, np.append(1.0, np.zeros(len(cells) - 1)), size)
        special = []
        for name in parts:
            own, weight = parameters.cells[name], self.coded[name] / self.scale[name]
            share = np.clip((1 - own[0]) / np.maximum(1 - cells[0], 1e-12), 0.0, 1.0)
            table = weight[0] + (weight[1] - weight[0]) * share
            special.append((float(weight[0]), Mean(wide(table, size, 0.0))))
        return WithParts(below, float(known[0]), float(known[1]), tuple(special))


def _is_fixed(factors: list[Factor]) -> TypeGuard[list[Fixed]]:
    return len(factors) == 1 and isinstance(factors[0], Fixed)


def _scale(frequencies: Floats, known: Floats | None) -> float:
    return float((known @ frequencies).max()) if known is not None else 1.0
