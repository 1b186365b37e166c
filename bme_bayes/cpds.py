"""Conditional probabilities as arrays, by cause: leaky noisy-OR, noisy-MAX, mixture, part.

A *cell* is the published or elicited frequency P(finding = state | one cause). Cells are
exact for a patient with one diagnosis; the families below say how causes combine.

A finding may hang on a *process* (a latent node, low or high, e.g. systemic inflammation)
that it shares with others. Its cells are then split into two, one a level, so that the
odds differ by the coupling between the levels and the average over the levels is the cell
again (`split_by_process`). Findings that move together are so not counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.network import EDEMA, NONE, Network, Variable

Floats = NDArray[np.float64]
TINY = 1e-9


@dataclass(frozen=True)
class FindingCpd:
    """One finding's numbers, by cause.

    model : noisy_or (as noisy_max with two states), noisy_max, mixture or part
    cells : (states, levels, K + 1) P(state | level, single cause); the last cause is none
    ratio : (states - 1, levels, K) for noisy_max: P(F < j) of a cause over that of the leak
    leak : (states - 1, levels) for noisy_max: P(F < j | leak alone)
    frequencies : (states, K + 1) the cells as published, averaged over the process
    """

    variable: Variable
    model: str
    frequencies: Floats
    cells: Floats
    ratio: Floats
    leak: Floats

    @property
    def levels(self) -> int:
        """1, or 2 when the finding hangs on a process."""
        return int(self.cells.shape[1])


def cell_frequencies(network: Network, variable: Variable) -> Floats:
    """P(state | cause) of a finding, (states, K + 1); the state without a number is the rest."""
    causes = [k.cause for k in network.kinds] + [NONE]
    cells = np.full((len(variable.states), len(causes)), np.nan)
    for j, state in enumerate(variable.states):
        for i, cause in enumerate(causes):
            cells[j, i] = network.value("frequency", variable.id, state, cause, np.nan)
    rest = np.clip(1 - np.nansum(cells, axis=0), 0, 1)
    cells = np.where(np.isnan(cells), rest, cells)
    return np.asarray(cells)


def process_shares(network: Network, process: str) -> Floats:
    """P(process is high | single cause), (K + 1,); the last cause is none."""
    causes = [k.cause for k in network.kinds] + [NONE]
    return np.array([network.value("frequency", process, "high", c, 0.5) for c in causes])


def running_sum(table: Floats) -> Floats:
    """Sums of the rows so far (`numpy.cumsum` is ten times slower for few long rows)."""
    out = np.array(table)
    for row in range(1, len(out)):
        out[row] += out[row - 1]
    return out


def running_product(table: Floats) -> Floats:
    """Products of each row with all rows after it (like `running_sum`)."""
    out = np.array(table)
    for row in range(len(out) - 2, -1, -1):
        out[row] *= out[row + 1]
    return out


def split_by_process(cells: Floats, shares: Floats, coupling: float | Floats) -> Floats:
    """Cells (states, K + 1) to (states, 2, K + 1): one set for each level of the process.

    For every cut P(F >= j | cause) the two levels have odds that differ by the factor
    exp(coupling), and their average, weighted by P(level | cause), is the cell. The log-odds
    of the low level solve a quadratic.
    """
    upper = running_sum(cells[:0:-1])[::-1]
    g = np.exp(coupling)
    a = g * (1 - upper)
    b = (1 - shares) + shares * g - upper * (1 + g)
    disc = np.sqrt(b * b + 4 * a * upper)
    root = np.abs(b) + disc
    u = np.where(b > 0, 2 * upper, root)
    u /= np.where(b > 0, np.maximum(root, TINY), 2 * np.maximum(a, TINY))
    low, high = (np.where(upper >= 1, 1.0, odds / (1 + odds)) for odds in (u, g * u))
    cuts = np.stack([low, high], axis=1)
    ones = np.ones((1, *cuts.shape[1:]))
    bounds = np.concatenate([ones, cuts, 0 * ones])
    return np.asarray(bounds[:-1] - bounds[1:])


def noisy_max(cells: Floats) -> tuple[Floats, Floats]:
    """Ratios (states - 1, levels, K) and leak (states - 1, levels) of a leaky noisy-MAX.

    The leak is the largest that no cause exceeds, level by level: with the conditional
    survival h_j = P(F < j | F < j + 1), the leak takes the largest h_j over causes. So a
    single cause gives its cell exactly, and what everyone has is not counted once a cause.
    """
    below = running_sum(cells[:-1])
    above = np.concatenate([below[1:], np.ones((1, *below.shape[1:]))])
    step = np.divide(below, above, out=np.ones_like(below), where=above > 0)
    leak_step = step.max(axis=-1)
    leak = running_product(leak_step)
    ratio = np.divide(
        step, leak_step[..., None], out=np.ones_like(step), where=leak_step[..., None] > 0
    )
    return running_product(ratio)[..., :-1], leak


def finding_cpd(network: Network, variable: Variable) -> FindingCpd:
    """The CPD of one finding (or of marrow edema) by cause."""
    cells = cell_frequencies(network, variable)
    if variable.process:
        coupling = network.value("coupling", variable.id, "", variable.process, 0.0)
        split = split_by_process(cells, process_shares(network, variable.process), coupling)
    else:
        split = cells[:, None, :]
    model = "noisy_max" if variable.model in ("noisy_or", "noisy_max") else variable.model
    empty = np.zeros((0, split.shape[1], split.shape[2] - 1))
    ratio, leak = noisy_max(split) if model == "noisy_max" else (empty, empty[..., 0])
    return FindingCpd(variable, model, cells, split, ratio, leak)


def edema_links(network: Network) -> Floats:
    """P(marrow edema on MRI | single cause), (K + 1,); the last cause is none."""
    causes = [k.cause for k in network.kinds] + [NONE]
    return np.array([network.value("frequency", EDEMA, "present", c, 0.9) for c in causes])
