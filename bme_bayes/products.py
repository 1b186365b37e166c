"""Products of the likelihoods of a few findings, kept from one patient to the next.

Findings come in groups of three: those of one process, or those that hang on none. A group
has few joint states, so its product over the scenarios is made when a patient first has it
and is one row for the next patient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bme_bayes.findings import Coded
from bme_bayes.machine import aligned_copy
from bme_bayes.network import EDEMA, Network

Floats = NDArray[np.float64]
GROUP = 3
"""Findings in a group: with two states each and unknown, 27 rows."""
KEPT_BYTES = 32_000_000
RESCALED = 4
"""Rows after which small weights are scaled up again."""
Pattern = tuple[tuple[str, bytes], ...]
"""What is known of the findings of a group: ids and relative likelihoods, in the group's order."""


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
        wholes: dict[str, list[str]] = {}
        for v in network.findings:
            if not v.part_of:
                wholes.setdefault(v.process, []).append(v.id)
        self.groups = [
            (process, names[i : i + GROUP])
            for process, names in wholes.items()
            for i in range(0, len(names), GROUP)
        ]
        group_of = {n: g for g, (_, names) in enumerate(self.groups) for n in names}
        self.place = {n: group_of[whole] for n, whole in self.whole_of.items()}
        self._kept: dict[tuple[str, Pattern], Floats] = {}
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
            if len(patterns) == 1:
                yield self._row("", process, patterns[0], below)[0]
            else:
                joint = [self._row(process, process, patterns[0], below)]
                joint += [self._row("given", process, p, below) for p in patterns[1:]]
                yield np.einsum("ls,ls->s", _product(joint[:-1]), joint[-1])

    def posterior_levels(self, below: Coded) -> dict[str, Floats]:
        """Process id to (2, S) P(level | scenario, what is known of its findings)."""
        out = dict(self.levels)
        for process, patterns in self._patterns(below):
            if process:
                joint = [self._row(process, process, patterns[0], below)]
                joint += [self._row("given", process, p, below) for p in patterns[1:]]
                out[process] = _shares(_product(joint))
        return out

    def _patterns(self, below: Coded) -> Iterable[tuple[str, list[Pattern]]]:
        """What is known, by process, or alone for a group that hangs on none."""
        by_group: dict[int, list[tuple[str, bytes]]] = {}
        for name, known in below.items():
            if name != EDEMA:
                by_group.setdefault(self.place[name], []).append((name, known.tobytes()))
        out: list[tuple[str, list[Pattern]]] = []
        for group in sorted(by_group):
            process, pattern = self.groups[group][0], tuple(sorted(by_group[group]))
            if process and out and out[-1][0] == process:
                out[-1][1].append(pattern)
            else:
                out.append((process, [pattern]))
        return out

    def _row(self, form: str, process: str, pattern: Pattern, below: Coded) -> Floats:
        """(levels, S) of a group: "given" the levels, jointly with them, or ("") summed, (1, S)."""
        found = self._kept.get((form, pattern))
        if found is None:
            known = {name: below[name] for name, _ in pattern}
            wholes = dict.fromkeys(self.whole_of[name] for name in known)
            made = _product([self.observed(whole, known) for whole in wholes])
            if process and form != "given":
                made = made * self.levels[process]
            if process and not form:
                made = made.sum(axis=0, keepdims=True)
            found = self._keep((form, pattern), made)
        return found

    def _keep(self, key: tuple[str, Pattern], made: Floats) -> Floats:
        if self._bytes > KEPT_BYTES:
            self._kept, self._bytes = {}, 0
        found = self._kept[key] = aligned_copy(made)
        self._bytes += made.nbytes
        return found


def _product(factors: Sequence[Floats]) -> Floats:
    out = factors[0]
    for factor in factors[1:]:
        out = out * factor
    return out


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
