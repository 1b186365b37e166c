"""Which numbers matter: how far each could move a posterior, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.network import Number
from bme_bayes.notebook import answer_html, percent, span
from bme_bayes.questions.curves import Curve, agrees, through
from bme_bayes.questions.reweigh import Reweigher
from bme_bayes.questions.variations import EDGE, SHARES, evaluate, limits, mattering

Floats = NDArray[np.float64]
MEASURES = ("main_cause", "present")
STEP = 1e-4
"""Relative step of a numeric derivative, where there is no closed form."""


@dataclass(frozen=True, slots=True)
class NumberSensitivity:
    """What one number does to the posterior of one diagnosis.

    at_low, at_high : the posterior with the number at the ends of its interval
    swing : how far these are apart, with the posterior as it stands
    derivative : d posterior / d number where it stands
    curve : the posterior as a function of the number, None where it has no closed form
    leaders : the leading diagnosis at either end
    """

    number: Number
    at_low: float
    at_high: float
    swing: float
    derivative: float
    curve: Curve | None
    leaders: tuple[str, str]


@dataclass(frozen=True)
class Sensitivity:
    """The numbers that matter most to one diagnosis, widest swing first.

    `posterior` is its main cause or presence (`measure`) as the numbers stand; `tried` how many
    numbers were varied, `flips` how many of all of them change the leader at an end.
    """

    diagnosis: str
    measure: str
    posterior: float
    leader: str
    tried: int
    flips: int
    numbers: tuple[NumberSensitivity, ...]
    neglected: float

    def to_frame(self) -> pd.DataFrame:
        """One row a number: what it is, its interval, the posterior at its ends, derivative."""
        rows = [
            {
                "quantity": s.number.quantity,
                "child": s.number.child,
                "state": s.number.state,
                "cause": s.number.cause,
                "value": s.number.value,
                "low": s.number.low,
                "high": s.number.high,
                "at_low": s.at_low,
                "at_high": s.at_high,
                "swing": s.swing,
                "derivative": s.derivative,
                "closed_form": s.curve is not None,
                "leader_low": s.leaders[0],
                "leader_high": s.leaders[1],
                "basis": s.number.basis,
                "sources": " ".join(s.number.sources),
            }
            for s in self.numbers
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        rows = [
            (
                f"{s.number.quantity} {s.number.child}={s.number.state} {s.number.cause}",
                span(s.at_low, s.at_high, self.posterior),
                f"{percent(s.at_low)} to {percent(s.at_high)}",
                f"{s.number.low:.3g} to {s.number.high:.3g}",
                s.number.basis,
            )
            for s in self.numbers
        ]
        measure = self.measure.replace("_", " ")
        title = f"{self.diagnosis} as {measure}: {percent(self.posterior)}; what moves it most"
        head = ("Number", "", measure.capitalize(), "Interval of the number", "Rests on")
        note = f"{self.flips} of {self.tried} numbers change the leader within their interval."
        return answer_html(title, head, rows, note)


def sensitivity(
    space: DiseaseSpace,
    belief: Belief,
    diagnosis: str,
    measure: str = "main_cause",
    *,
    top: int = 20,
    neglect: float = 1e-6,
) -> Sensitivity:
    """One-way sensitivity of a diagnosis to the numbers that bear on it (`mattering`).

    Each number goes to the ends of its interval, all others kept (the other states of a column
    keep their proportions; numbers of the prior and links to marrow edema near a new fit, see
    `reweigh`). The `top` widest get their derivative and, where a fourth point confirms it, the
    closed form (a + b x) / (c + d x). Raises `UnknownName` for the diagnosis, `InputError`.
    """
    _check(space, diagnosis, measure, top)
    names = space.scenarios.diagnoses
    asker = _Asker(Reweigher(space, belief, neglect), measure, names.index(diagnosis))
    numbers = sorted(mattering(space, belief), key=lambda n: (n.quantity, n.child))
    now, leading = asker.ask([(numbers[0], numbers[0].value)])
    low, low_leads = asker.ask([(n, limits(n)[0]) for n in numbers])
    high, high_leads = asker.ask([(n, limits(n)[1]) for n in numbers])
    ends = np.stack([low, high, np.full_like(low, now[0])])
    swing = ends.max(axis=0) - ends.min(axis=0)
    best = np.argsort(-swing, kind="stable")[:top]
    slopes = asker.slopes([numbers[i] for i in best], float(now[0]), low[best], high[best])
    found = [
        NumberSensitivity(
            numbers[i], float(low[i]), float(high[i]), float(swing[i]), slope, curve,
            leaders=(names[low_leads[i]], names[high_leads[i]]),
        )
        for i, (slope, curve) in zip(best, slopes, strict=True)
    ]  # fmt: skip
    return Sensitivity(
        diagnosis=diagnosis,
        measure=measure,
        posterior=float(now[0]),
        leader=names[leading[0]],
        tried=len(numbers),
        flips=int(((low_leads != leading[0]) | (high_leads != leading[0])).sum()),
        numbers=tuple(found),
        neglected=asker.reweigher.neglected,
    )


def _check(space: DiseaseSpace, diagnosis: str, measure: str, top: int) -> None:
    if diagnosis not in space.scenarios.diagnoses:
        raise UnknownName(
            "diagnosis", diagnosis, space.scenarios.diagnoses, labels=space.network.labels
        )
    if measure not in MEASURES:
        raise UnknownName("measure", measure, MEASURES)
    if top < 1:
        raise InputError(f"top: {top} is not a positive number")


@dataclass(frozen=True)
class _Asker:
    """One posterior of one patient, as a question about changes of single numbers."""

    reweigher: Reweigher
    measure: str
    column: int

    def ask(self, changes: Sequence[tuple[Number, float]]) -> tuple[Floats, NDArray[np.intp]]:
        """(N,) the posterior after each change, and the number of the diagnosis that leads."""
        versions = evaluate(self.reweigher, changes)
        found = versions.main_cause() if self.measure == "main_cause" else versions.presence()
        return found[:, self.column], versions.main.argmax(axis=1)

    def slopes(
        self, numbers: Sequence[Number], now: float, low: Floats, high: Floats
    ) -> Iterator[tuple[float, Curve | None]]:
        """The derivative by each number, from the closed form where a fourth point confirms it."""
        checked = [(n, _between(n)) for n in numbers]
        middle, _ = self.ask(checked)
        near, _ = self.ask([(n, x) for n in numbers for x in _around(n)])
        for i, (number, x) in enumerate(checked):
            curve = through((number.value, *limits(number)), (now, float(low[i]), float(high[i])))
            if agrees(curve, x, float(middle[i])):
                yield curve.derivative(number.value), curve
            else:
                below, above = _around(number)
                yield float(near[2 * i + 1] - near[2 * i]) / (above - below), None


def _between(number: Number) -> float:
    """A fourth point: half way to the farther end."""
    far = max(limits(number), key=lambda e: abs(e - number.value))
    return (number.value + far) / 2


def _around(number: Number) -> tuple[float, float]:
    room = min(number.value, 1 - number.value) if number.quantity in SHARES else abs(number.value)
    step = STEP * max(room, EDGE)
    return number.value - step, number.value + step
