"""One step of Fisher scoring: how far the shifts of a finding move on counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bme_bayes.learning.cells import Cells
from bme_bayes.scenarios import Scenarios

Floats = NDArray[np.float64]
LEAST = 1e-9
HALVINGS = 8
RIDGE = 1e-9


def scored(cells: Cells, shift: Floats, scenarios: Scenarios, counts: Floats) -> Floats:
    """The shift (size,) after one step on counts (states, levels, S), halved until it climbs."""
    where = np.flatnonzero(counts.sum(axis=(0, 1)) > LEAST)
    part, counts = subset(scenarios, where), counts[..., where]
    slope = cells.slope(shift, part)
    gradient = np.einsum("jls,jlsp->p", counts, slope)
    move = np.linalg.solve(information(counts, cells.likelihood(shift, part), slope), gradient)
    now = _fit(cells, shift, part, counts)
    for _ in range(HALVINGS):
        if _fit(cells, shift + move, part, counts) >= now:
            return np.asarray(shift + move)
        move = move / 2
    return shift


def information(counts: Floats, likelihood: Floats, slope: Floats) -> Floats:
    """(size, size) Fisher information of counts (states, levels, S), with a trace of ridge."""
    expected = counts.sum(axis=0) * likelihood
    flat = slope.reshape(-1, slope.shape[-1])
    out = (flat * expected.reshape(-1, 1)).T @ flat
    return np.asarray(out + RIDGE * np.eye(len(out)))


def subset(scenarios: Scenarios, where: NDArray[np.intp]) -> Scenarios:
    """Some of the scenarios."""
    return replace(scenarios, members=scenarios.members[where], count=scenarios.count[where])


def _fit(cells: Cells, shift: Floats, scenarios: Scenarios, counts: Floats) -> float:
    """Expected log-likelihood; minus infinity where the frequencies would fall below 0."""
    if cells.table(shift).min() < 0:
        return -np.inf
    chance = cells.likelihood(shift, scenarios)
    seen = counts > 0
    return float((counts[seen] * np.log(np.maximum(chance[seen], 1e-300))).sum())
