"""How well the frequencies are known: the information in the patients and in the prior.

That of the patients is Louis': of the expected counts, less what is hidden (kinds, levels of
the processes, diagnoses that were not told), which follows from the patients' scores. Findings
are taken one by one; what they tell of each other's counts is of second order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bme_bayes.learning.em import LinkModel, Pattern, Shifts
from bme_bayes.learning.fisher import RIDGE, information
from bme_bayes.learning.labelled import Batch, Family

Floats = NDArray[np.float64]


def worth(model: LinkModel, shifts: Shifts) -> dict[str, Floats]:
    """(states, groups) patients that each frequency is worth: of a Beta with its variance."""
    known = posterior_information(model, shifts)
    return {name: _worth(model, name, shifts[name], known[name]) for name in shifts}


def posterior_information(model: LinkModel, shifts: Shifts) -> dict[str, Floats]:
    """(size, size) information on each finding's shifts, in the prior and the patients."""
    tables = {f.name: model.patterns(f, shifts) for f in model.families}
    parts = {p: model.table(p, shifts) for f in model.families for p in f.part_names}
    counts, _ = model.expect(shifts)
    slopes, prior, told = {}, {}, {}
    for name, cells in model.cells.items():
        slope = cells.slope(shifts[name], model.space.scenarios)
        table = model.table(name, shifts)
        prior[name] = information(model.prior[name], table, slope)
        full = information(counts[name], table, slope) - RIDGE * np.eye(cells.size)
        flat = slope.reshape(-1, cells.size)
        told[name] = full - (flat * counts[name].reshape(-1, 1)).T @ flat
        slopes[name] = slope
    for batch, posterior, _ in model.posteriors(tables):
        for family in model.families:
            if family.name in batch.patterns:
                of = posterior[model.space.network.variable(family.name).process]
                for name, score in _scores(batch, family, tables[family.name], parts, of, slopes):
                    told[name] += score.T @ score
    return {name: prior[name] + _positive(told[name]) for name in told}


def _scores(
    batch: Batch,
    family: Family,
    table: Pattern,
    parts: Mapping[str, Floats],
    posterior: Floats,
    slopes: Mapping[str, Floats],
) -> Iterator[tuple[str, Floats]]:
    """(n, size) slopes of patients' log-likelihoods, by pattern, of the whole and each part."""
    where, pattern = batch.where, batch.patterns[family.name]
    for number in np.unique(pattern[pattern >= 0]):
        rows = posterior[pattern == number]
        rows = rows.reshape(len(rows), -1)
        chance = table.chance[number][:, where]
        held = table.joint[number][..., where]
        share = np.divide(held, chance, out=np.zeros_like(held), where=chance > 0)
        mean = np.einsum("jls,jlsp->lsp", share, slopes[family.name][:, :, where])
        yield family.name, rows @ mean.reshape(-1, mean.shape[-1])
        for part, known in zip(family.part_names, family.parts, strict=True):
            if (known[number] == 1).all():
                continue
            weight = known[number][:, None, None] * parts[part][..., where]
            weight = share[1] * weight / np.maximum(weight.sum(axis=0), 1e-300)
            mean = np.einsum("jls,jksp->lsp", weight, slopes[part][:, :, where])
            yield part, rows @ mean.reshape(-1, mean.shape[-1])


def _worth(model: LinkModel, name: str, shift: Floats, known: Floats) -> Floats:
    spread = np.linalg.inv(known)
    frequency, slope = model.by_group(name, shift), model.spread_of(name, shift)
    cuts, groups = slope.shape
    out = np.full(frequency.shape, np.inf)
    for g in range(groups):
        own = slice(g * cuts, (g + 1) * cuts)
        upper = np.vstack([np.zeros(cuts), np.diag(slope[:, g]), np.zeros(cuts)])
        follow = upper[:-1] - upper[1:]  # P(F >= j) less P(F >= j + 1)
        variance = np.einsum("ja,ab,jb->j", follow, spread[own, own], follow)
        out[:, g] = frequency[:, g] * (1 - frequency[:, g]) / variance
    return out


def _positive(matrix: Floats) -> Floats:
    """The nearest matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)
