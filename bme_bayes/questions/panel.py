"""The joint of every result of every finding not yet known with the answers, in one product."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.machine import aligned, inner
from bme_bayes.network import EDEMA, Variable

Floats = NDArray[np.float64]
DIRECT = 0.05
"""A first state less probable than this is not taken as what the other states leave over."""


def panel(space: DiseaseSpace, belief: Belief) -> tuple[list[Variable], list[int], Floats]:
    """Findings not known, the first row of each, and the joint of every result with the answers.

    A row is a result: P(result), then P(result and main cause) and P(result and present) of
    each diagnosis. The first state is what the others leave over, unless that is little.
    """
    every = space.network.of_role("risk", "finding", "context", "sign")
    unknown = [v for v in every if v.id not in belief.coded]
    sizes = [len(v.states) for v in unknown]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    others = sum(sizes) - len(sizes)
    given = aligned(others, space.scenarios.size)
    rows = _Rows(space, belief)
    for i, variable in enumerate(unknown):
        rows.fill(variable, 1, given[starts[i] - i :][: sizes[i] - 1])
    joint = inner(given, space.answers)
    now = space.answers @ belief.scenario
    values = np.empty((sum(sizes), len(now)))
    later = np.ones(len(values), dtype=bool)
    later[starts] = False
    values[later] = joint
    if unknown:
        first = np.array(starts) - np.arange(len(starts))
        values[starts] = np.maximum(now - np.add.reduceat(joint, first), 0.0)
    for variable, start in zip(unknown, starts, strict=True):
        if values[start, 0] < DIRECT:
            row = np.empty((len(variable.states), space.scenarios.size))
            rows.fill(variable, 0, row)
            values[start] = inner(row[:1], space.answers)[0]
    return unknown, starts, values


class _Rows:
    """P(state, scenario | findings) of unknown variables."""

    def __init__(self, space: DiseaseSpace, belief: Belief) -> None:
        self.space, self.belief, known = space, belief, belief.known
        self.roots = space.roots_predictive(space.split_evidence(known)[0])
        self.touched = {space.network.variables[n].part_of or n for n in known}

    def fill(self, variable: Variable, first: int, out: Floats) -> None:
        """The rows of the states from `first` on, into `out`."""
        space, scenario = self.space, self.belief.scenario
        if variable.role in ("context", "risk"):
            np.multiply(self.roots[variable.id][first:], scenario, out=out)
            return
        if variable.id == EDEMA:
            np.multiply(np.stack([1 - space.edema, space.edema])[first:], scenario, out=out)
            return
        whole = space.network.variables[variable.part_of or variable.id]
        level = self.belief.levels[whole.process] if whole.process else None
        if whole.id in self.touched:
            given = _given_family(space, self.belief, variable, whole, level)
            np.multiply(given[first:], scenario, out=out)
            return
        low, change = space.alone(variable.id)
        if level is None:
            np.multiply(low[first:], scenario, out=out)
            return
        np.multiply(change[first:], level[1], out=out)
        out += low[first:]
        out *= scenario


def _given_family(
    space: DiseaseSpace, belief: Belief, variable: Variable, whole: Variable, level: Floats | None
) -> Floats:
    """(states, S) the same when parts of the finding, or what it is part of, are known."""
    known = belief.known
    wanted = np.eye(len(variable.states)) * known.get(variable.id, 1.0)
    joint = np.stack([space.observed(whole.id, {**known, variable.id: row}) for row in wanted])
    base = space.observed(whole.id, known)
    if level is None:
        joint, base = joint[:, 0], base[0]
    else:
        prior = np.divide(level, base, out=np.zeros_like(level), where=base > 0)
        joint, base = (joint * prior).sum(axis=1), (base * prior).sum(axis=0)
    return np.asarray(np.divide(joint, base, out=np.zeros_like(joint), where=base > 0))
