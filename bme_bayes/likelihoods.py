"""P(finding = state | process level, scenario): the cells combined over the causes present."""

from __future__ import annotations

import numpy as np

from bme_bayes.cpds import FindingCpd, Floats
from bme_bayes.scenarios import Scenarios


def scenario_likelihood(cpd: FindingCpd, scenarios: Scenarios, parent: FindingCpd | None) -> Floats:
    """(states, levels, S). For a part: P(state | scenario, its whole is present)."""
    if cpd.model == "noisy_max":
        return _noisy_max(cpd, scenarios)
    if cpd.model == "mixture":
        return _mixture(cpd.cells, scenarios)
    if parent is None:
        raise ValueError(f"{cpd.variable.id}: a part needs the finding it is part of")
    return _mixture(part_given_whole(cpd, parent), scenarios)


def combine(known: Floats | None, likelihood: Floats) -> Floats:
    """(levels, S) probability of what is known (states,) of a finding; a view if one is certain."""
    if known is None:
        return np.asarray(likelihood.sum(axis=0))
    weights = known.tolist()
    if 1.0 in weights and weights.count(0.0) == len(weights) - 1:
        return np.asarray(likelihood[weights.index(1.0)])
    return np.asarray(np.tensordot(known, likelihood, axes=1))


def part_given_whole(cpd: FindingCpd, whole: FindingCpd) -> Floats:
    """P(part = state | whole present, cause) from the two frequencies: (2, 1, K + 1)."""
    of_whole = np.maximum(1 - whole.frequencies[0], 1e-12)
    share = np.clip((1 - cpd.frequencies[0]) / of_whole, 0.0, 1.0)
    return np.stack([1 - share, share])[:, None, :]


def _noisy_max(cpd: FindingCpd, scenarios: Scenarios) -> Floats:
    below = scenarios.gather(cpd.ratio) * cpd.leak[..., None]
    ones = np.ones((1, *below.shape[1:]))
    bounds = np.concatenate([0 * ones, below, ones])
    out = np.maximum(bounds[1:] - bounds[:-1], 0.0)
    out[..., scenarios.count == 0] = cpd.cells[..., -1:]
    return np.asarray(out)


def _mixture(cells: Floats, scenarios: Scenarios) -> Floats:
    out = scenarios.total(cells[..., :-1]) / np.maximum(scenarios.count, 1)
    out[..., scenarios.count == 0] = cells[..., -1:]
    return np.asarray(out)
