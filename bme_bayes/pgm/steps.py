"""The links of chains as tables: what one risk factor or one more diagnosis does.

A link of a finding is P(so far | so far before, the diagnosis' state, process level, how many
diagnoses so far), (states, states, 1 + kinds, levels, counts), where the diagnosis' first
state is absent and counts is 1 where their number plays no part.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bme_bayes.priors import COUNT_CAP

Floats = NDArray[np.float64]
Kinds = Mapping[str, list[int]]
"""Diagnosis id to the numbers of its kinds."""
COUNT_STATES = (*map(str, range(COUNT_CAP + 1)), "out")


def survival(ratio: Floats) -> Floats:
    """P(after | before, risk factor) of a proposed diagnosis, (states, states, risk states).

    ratio (risk states, kinds): odds ratios. States are absent, the kinds and dropped; a kind
    stays with its odds ratio over the largest one.
    """
    most = ratio.max(axis=0)
    stays = np.divide(ratio, most, out=np.zeros_like(ratio), where=most > 0)
    size = ratio.shape[1] + 2
    table = np.zeros((size, size, len(ratio)))
    table[0, 0] = table[-1, -1] = 1.0
    for kind in range(1, size - 1):
        table[kind, kind] = stays[:, kind - 1]
        table[-1, kind] = 1 - stays[:, kind - 1]
    return table


def counted(size: int) -> Floats:
    """P(count after | count before, proposed diagnosis); `size` states, the last one dropped."""
    out = len(COUNT_STATES) - 1
    table = np.zeros((out + 1, out + 1, size))
    for before in range(out + 1):
        table[before, before, 0] = 1.0
        table[min(before + 1, out), before, 1:-1] = 1.0
        table[out, before, -1] = 1.0
    return table


def largest(cdf: Floats, kinds: Kinds) -> dict[str, Floats]:
    """Links of a noisy-MAX: the larger of what was and of a draw by the diagnosis.

    cdf (states, levels, K): P(draw <= state | kind).
    """
    tables, size = {}, len(cdf)
    for diagnosis, own in kinds.items():
        below = np.concatenate([np.ones_like(cdf[..., :1]), cdf[..., own]], axis=-1).swapaxes(1, 2)
        table = np.zeros((size, size, *below.shape[1:], 1))
        for before in range(size):
            table[before + 1 :, before, ..., 0] = shares(below)[before + 1 :]
            table[before, before, ..., 0] = below[before]
        tables[diagnosis] = table
    return tables


def drawn(cells: Floats, kinds: Kinds) -> dict[str, Floats]:
    """Links of a mixture: of n diagnoses so far the newest is the cause one time in n.

    cells (states, levels, K + 1): P(state | kind); the last one, none, is not used.
    """
    tables, size = {}, len(cells)
    newest = 1 / np.maximum(np.arange(len(COUNT_STATES)), 1)
    stay = np.eye(size)[:, :, None, None, None]
    for diagnosis, own in kinds.items():
        draw = cells[..., own].swapaxes(1, 2)[:, None, ..., None]
        present = draw * newest + stay * (1 - newest)
        absent = np.broadcast_to(stay, (size, size, 1, *present.shape[3:]))
        tables[diagnosis] = np.concatenate([absent, present], axis=2)
    return tables


def shares(below: Floats) -> Floats:
    """P(state) from P(<= state), along the first axis."""
    return np.maximum(np.diff(below, axis=0, prepend=0.0), 0.0)
