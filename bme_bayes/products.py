"""Products of the likelihoods of findings, kept from one patient to the next.

The findings of one process are multiplied level by level and summed over the levels: what is
known of them is one row over the scenarios, and so is what is known of any other finding. A
row is made when a patient first has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bme_bayes.findings import Coded
from bme_bayes.machine import aligned_copy
from bme_bayes.network import EDEMA, Network

Floats = NDArray[np.float64]
KEPT_BYTES = 32_000_000
RESCALED = 12
"""Rows after which small weights are scaled up again."""
Pattern = tuple[tuple[str, bytes], ...]
"""What is known of a finding and of its parts: ids and relative likelihoods, by id."""
Patterns = tuple[Pattern, ...]
"""What is known of the findings of a process, or of one that hangs on none."""


class Products:
    """P(what is known of the findings | scenario), as few rows to be multiplied.

    `observed(whole, below)` is (levels, S) P(what is known of a finding and its parts | level,
    scenario), `levels` process id to (2, S) P(level | scenario).
    """

    def __init__(
        self,
        network: Network,
        levels: Mapping[str, Floats],
        observed: Callable[[str, Coded], Floats],
    ) -> None:
        self.levels, self.observed = levels, observed
        self.whole_of = {v.id: v.part_of or v.id for v in network.findings}
        self.process_of = {v.id: v.process for v in network.findings if not v.part_of}
        self._kept: dict[Patterns, Floats] = {}
        self._bytes = 0

    def multiply(self, weight: Floats, below: Coded) -> float:
        """Multiply weights (S,) by P(findings | scenario), in place; a logarithm of scale."""
        log_scale = 0.0
        for number, row in enumerate(self.rows(below), 1):
            np.multiply(weight, row, out=weight)
            if number % RESCALED == 0:
                log_scale += _rescale(weight)
        return log_scale + _rescale(weight)

    def rows(self, below: Coded) -> Iterator[Floats]:
        """(S,) rows whose product is P(findings | scenario)."""
        for process, patterns in self._patterns(below):
            found = self._kept.get(patterns)
            if found is None:
                joint = self._joint(process, patterns, below)
                found = self._keep(patterns, joint[0] + joint[1] if process else joint[0])
            yield found

    def posterior_levels(self, below: Coded) -> dict[str, Floats]:
        """Process id to (2, S) P(level | scenario, what is known of its findings)."""
        out = dict(self.levels)
        for process, patterns in self._patterns(below):
            if process:
                out[process] = _shares(self._joint(process, patterns, below))
        return out

    def _patterns(self, below: Coded) -> Iterable[tuple[str, Patterns]]:
        """What is known, by process; alone for a finding that hangs on none."""
        known: dict[str, list[tuple[str, bytes]]] = {}
        for name, likelihood in below.items():
            if name != EDEMA:
                known.setdefault(self.whole_of[name], []).append((name, likelihood.tobytes()))
        by_process: dict[str, list[Pattern]] = {}
        for whole in sorted(known):
            by_process.setdefault(self.process_of[whole], []).append(tuple(sorted(known[whole])))
        free = by_process.pop("", [])
        return [
            *(("", (pattern,)) for pattern in free),
            *((process, tuple(patterns)) for process, patterns in by_process.items()),
        ]

    def _joint(self, process: str, patterns: Patterns, below: Coded) -> Floats:
        """(levels, S) P(level, what is known of the findings | scenario)."""
        given = [
            self.observed(self.whole_of[pattern[0][0]], {n: below[n] for n, _ in pattern})
            for pattern in patterns
        ]
        out = given[0] * self.levels[process] if process else given[0]
        for factor in given[1:]:
            out *= factor
        return out

    def _keep(self, key: Patterns, made: Floats) -> Floats:
        if self._bytes > KEPT_BYTES:
            self._kept, self._bytes = {}, 0
        found = self._kept[key] = aligned_copy(made)
        self._bytes += made.nbytes
        return found


def _shares(joint: Floats) -> Floats:
    """(2, S) to shares of their sum; even where it is 0."""
    total = joint[0] + joint[1]
    if total.min() > 0:
        return np.asarray(joint / total)
    return np.asarray(np.divide(joint, total, out=np.full_like(joint, 0.5), where=total > 0))


def _rescale(weight: Floats) -> float:
    """Bring weights that became small back to 1, in place; the logarithm of the change."""
    top = float(weight.max())
    if 0 < top < 1e-30:
        weight /= top
        return float(np.log(top))
    return 0.0
