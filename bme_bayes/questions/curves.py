"""Sensitivity functions: a posterior as a function of one number, in closed form.

The joint probability of the findings and a diagnosis is linear in one cell of a table, and so
is that of the findings alone; their ratio, the posterior, is (a + b x) / (c + d x). It is not so
where x changes the leak of a noisy-MAX (the leak is the cell of the least likely cause), where the
cell hangs on a process (it is split by a quadratic), or for a number of the prior, which the odds
of all diagnoses follow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AGREES = 1e-7


@dataclass(frozen=True, slots=True)
class Curve:
    """f(x) = (y + a t) / (1 + g t) with t = (x - at) / scale.

    at, y : where the number stands, and the posterior there
    """

    at: float
    scale: float
    y: float
    a: float
    g: float

    def __call__(self, x: float) -> float:
        """The posterior at `x`."""
        t = (x - self.at) / self.scale
        return (self.y + self.a * t) / (1 + self.g * t)

    def derivative(self, x: float) -> float:
        """f'(x) = (a - g y) / (1 + g t)^2 / scale."""
        t = (x - self.at) / self.scale
        return (self.a - self.g * self.y) / (1 + self.g * t) ** 2 / self.scale

    def solve(self, wanted: float) -> float:
        """The x at which f(x) is `wanted`; infinite where it never is."""
        slope = self.a - self.g * wanted
        return self.at + self.scale * (wanted - self.y) / slope if slope else float("inf")


def through(x: tuple[float, float, float], y: tuple[float, float, float]) -> Curve:
    """The curve through three points; the first is where the number stands.

    Two of (t, y) give a t - g t y = y - y0, solved for a and g.
    """
    scale = max(abs(x[1] - x[0]), abs(x[2] - x[0])) or 1.0
    t = [(v - x[0]) / scale for v in x[1:]]
    rise = [v - y[0] for v in y[1:]]
    determinant = t[0] * t[1] * (y[1] - y[2])
    if determinant == 0 or max(abs(r) for r in rise) < 1e-13:
        slope = next((r / s for r, s in zip(rise, t, strict=True) if s), 0.0)
        return Curve(x[0], scale, y[0], slope, 0.0)
    a = (t[0] * y[1] * rise[1] - t[1] * y[2] * rise[0]) / determinant
    g = (t[0] * rise[1] - t[1] * rise[0]) / determinant
    return Curve(x[0], scale, y[0], a, g)


def agrees(curve: Curve, x: float, y: float) -> bool:
    """Whether a further point lies on the curve."""
    return abs(curve(x) - y) <= AGREES * max(1e-3, abs(y - curve.y))
