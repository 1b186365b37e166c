"""What one finding says of every scenario, in many versions of its numbers at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.cpds import noisy_max, running_sum
from bme_bayes.questions.layout import Layout, Work
from bme_bayes.questions.refit import Change

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fixed:
    """A factor that is the same in all versions: (S, 1)."""

    value: Floats
    versions = 1

    def over(self, layout: Layout, part: slice, work: Work) -> Floats:  # noqa: ARG002
        """(S, 1) of the factor."""
        return self.value


@dataclass(frozen=True)
class Linear:
    """A factor constant + sum of c_j P(F < j): each P(F < j) is a product over the causes.

    terms : c_j and the leak (versions,), and the ratios of the causes (K + 2, versions), the last
    row ones
    """

    constant: float
    terms: tuple[tuple[Floats, Floats], ...]

    @property
    def versions(self) -> int:
        """How many versions it has."""
        return len(self.terms[0][0]) if self.terms else 1

    def over(self, layout: Layout, part: slice, work: Work) -> Floats:
        """(S, versions) of the factor, in the first working array."""
        out, more, spare = work
        if not self.terms:
            out.fill(self.constant)
        for i, (scale, ratio) in enumerate(self.terms):
            term = layout.product(ratio[:, part], scale[part], more if i else out, spare)
            if i:
                out += term
        if self.terms and self.constant:
            out += self.constant
        return out


@dataclass(frozen=True)
class Mean:
    """A factor that is the average of a number over the causes present: a mixture.

    table : (K + 2, versions), the last row zeros
    """

    table: Floats

    @property
    def versions(self) -> int:
        """How many versions it has."""
        return int(self.table.shape[1])

    def over(self, layout: Layout, part: slice, work: Work) -> Floats:
        """(S, versions) of the factor, in the first working array."""
        return layout.mean(self.table[:, part], work[0], work[2])


@dataclass(frozen=True)
class WithParts:
    """A finding known together with special cases of it.

    `absent`, `present`: weights of its two states; `parts`: for each part its weight while
    the finding is absent, and the part's own factor while it is present.
    """

    below: Linear
    absent: float
    present: float
    parts: tuple[tuple[float, Mean], ...]

    @property
    def versions(self) -> int:
        """How many versions it has."""
        return self.below.versions

    def over(self, layout: Layout, part: slice, work: Work) -> Floats:
        """(S, versions) of the factor."""
        low = self.below.over(layout, part, work).copy()
        high = self.present * (1 - low)
        low *= self.absent
        for weight, factor in self.parts:
            low *= weight
            high *= factor.over(layout, part, work)
        low += high
        return low


@dataclass(frozen=True)
class Mixed:
    """A factor that depends on age and sex, which are not both known.

    `chance` (n, S): of each possible pair of age and sex in a scenario; `terms` one factor a pair.
    """

    chance: Floats
    terms: tuple[Linear, ...]

    @property
    def versions(self) -> int:
        """How many versions it has."""
        return self.terms[0].versions

    def over(self, layout: Layout, part: slice, work: Work) -> Floats:
        """(S, versions) of the factor."""
        out = np.zeros_like(work[0])
        for chance, term in zip(self.chance, self.terms, strict=True):
            product = term.over(layout, part, work)
            product *= chance[:, None]
            out += product
        return out


Factor = Fixed | Linear | Mean | WithParts | Mixed


def by_pair(changes: Sequence[Change], chance: Floats) -> Linear | Mixed:
    """The factor of a change of the prior; `chance` (n, S) of each pair of age and sex."""
    terms = tuple(Linear(0.0, ((c.everyone, wide(c.causes, len(c.causes))),)) for c in changes)
    return terms[0] if len(terms) == 1 else Mixed(chance, terms)


def linear(cells: Floats, known: Floats, size: int) -> Linear:
    """The factor sum_j known_j P(F = j) of a noisy-MAX; `cells` is (states, 1, B, K + 1)."""
    ratio, leak = noisy_max(cells)
    below = running_sum(cells[:-1, ..., -1])
    none = np.divide(below, leak, out=np.ones_like(leak), where=leak > 0)
    ratio = np.concatenate([ratio, none[..., None]], axis=-1)
    steps = known[:-1] - known[1:]
    terms = tuple(
        (step * np.broadcast_to(leak[j, 0], (size,)), wide(ratio[j, 0], size))
        for j, step in enumerate(steps)
        if step != 0
    )
    return Linear(float(known[-1]), terms)


def settle(factors: list[Factor], layout: Layout) -> list[Factor]:
    """The same product in fewer factors: what never varies is one, pure products are one.

    A finding at its baseline is a pure product over the causes.
    """
    fixed = _merge([f for f in factors if f.versions == 1])
    varying = _merge([f for f in factors if f.versions > 1])
    if not fixed:
        return varying
    value, work = np.ones((layout.size, 1)), layout.work(1)
    for factor in fixed:
        value *= factor.over(layout, slice(0, 1), work)
    return [Fixed(value), *varying]


def _merge(factors: list[Factor]) -> list[Factor]:
    pure = [f for f in factors if isinstance(f, Linear) and f.constant == 0 and len(f.terms) == 1]
    if len(pure) < 2:
        return factors
    scale, ratio = pure[0].terms[0]
    for factor in pure[1:]:
        scale, ratio = scale * factor.terms[0][0], ratio * factor.terms[0][1]
    others = [f for f in factors if not any(f is p for p in pure)]
    return [Linear(0.0, ((scale, ratio),)), *others]


def wide(table: Floats, size: int, pad: float = 1.0) -> Floats:
    """(B or 1, K + 1) to a contiguous (K + 2, size), the last row of `pad`."""
    out = np.empty((table.shape[-1] + 1, size))
    out[:-1], out[-1] = table.T, pad
    return out
