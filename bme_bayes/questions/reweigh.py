"""One patient's posterior under many versions of the numbers at once.

The prior that was solved for the base rates is kept and re-weighted, so nothing is solved
again. Exact for the cells of findings, shares of processes and couplings (the prior does not
depend on them). First order for the rest, whose change the fit would partly take back: base
rates as in `prior_shift`; odds ratios, shares and links change the odds of their kinds, and
each public state is then scaled so that its average multiplier over the case mix stays what
it was. What does not change: the case mix, the shares with none or several diagnoses, and the
odds ratios of risk factors that were not asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from bme_bayes.casemix import CaseMix
from bme_bayes.cpds import split_by_process
from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.machine import one_thread
from bme_bayes.network import EDEMA
from bme_bayes.questions.factors import (
    Exponential,
    Factor,
    Fixed,
    Mean,
    WithParts,
    linear,
    product_of,
    settle,
    wide,
)
from bme_bayes.questions.layout import lay_out
from bme_bayes.questions.parameters import Parameters, families, point
from bme_bayes.questions.prior_shift import prior_shift

Floats = NDArray[np.float64]
PART = 256
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
        self.weight = (space.roots_weight(roots) * space.solved.scenario)[self.keep]
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

    @cached_property
    def slope(self) -> Floats:
        """(S, G) how the scenarios follow the base rates."""
        return prior_shift(self.space, self.coded, self.keep)

    def _factors(self, parameters: Parameters) -> tuple[list[Factor], list[Process]]:
        free: list[Factor] = [product_of(self._kind_factor(parameters))]
        if not np.array_equal(parameters.base, self.now.base):
            free.append(Exponential(self.slope, np.log(parameters.base / self.now.base).T))
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

    def _kind_factor(self, parameters: Parameters) -> Floats:
        """(B, K + 1) multiplier of the odds of each kind; 1 for none of the diagnoses."""
        now = self.now
        prior = self.space.network.prior
        power = prior.kind_power if prior else 1.0
        share = (parameters.kind_share / now.kind_share) ** power
        own, average = share, share * parameters.links[:, :-1] / now.links[:, :-1]
        for name, table in parameters.roots.items():
            known = self.coded[name][:, None]
            here = _state_shares(self.space.roots.mix, name)
            moved = _change(table, now.roots[name], _state_shares(self.space.reference_mix, name))
            own = own * _change(table, now.roots[name], here * known) / moved
            average = average * _change(table, now.roots[name], here) / moved
        grade_of = self.space.scenarios.grade_of
        by_grade = np.eye(len(self.space.scenarios.grades))[grade_of]
        mean = (average * self.space.prior_kinds) @ by_grade
        factor = own / mean[:, grade_of]
        return np.hstack([factor, np.ones((len(factor), 1))])


def _is_fixed(factors: list[Factor]) -> TypeGuard[list[Fixed]]:
    return len(factors) == 1 and isinstance(factors[0], Fixed)


def _scale(frequencies: Floats, known: Floats | None) -> float:
    return float((known @ frequencies).max()) if known is not None else 1.0


def _state_shares(mix: CaseMix, name: str) -> Floats:
    """(states, 1) share of each state of a context or risk factor over a case mix."""
    if name == "age_band":
        return mix.age[:, None]
    if name == "sex":
        return mix.sex[:, None]
    risk = next(r for r in mix.risks if r.variable.id == name)
    return np.asarray(np.einsum("sax,a,x->s", risk.shares(), mix.age, mix.sex)[:, None])


def _change(table: Floats, now: Floats, shares: Floats) -> Floats:
    """(B, K) average of a ratio (states, B, K) over `shares`, against the same as it stands."""
    after, before = ((t * shares[:, None]).sum(axis=0) for t in (table, now))
    return np.asarray(np.divide(after, before, out=np.ones_like(after), where=before > 0))
