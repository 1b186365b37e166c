"""One row of a table of numbers to edit: its faults, and the number that it becomes.

Pure: no Streamlit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pandas as pd

from bme_bayes.checks.links import SHARES
from bme_bayes.learning.learned import beta_interval
from bme_bayes.network import Number
from bme_bayes.questions.prior_versions import BASE_RATE

VALUE, LOW, HIGH, WEIGHT = "Value", "From", "To", "Weight"
FIGURES = (VALUE, LOW, HIGH, WEIGHT)
MOST_WEIGHT = 1e6


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be taken over, or a sum that is off."""

    row: str
    column: str
    problem: str
    remedy: str

    def words(self) -> str:
        """The fault as a sentence."""
        return f"{self.row}, {self.column}: {self.problem}. {self.remedy}"


def entered(now: Number, bundled: Number, cells: tuple[float, ...]) -> Number:
    """A number as entered by hand: it no longer rests on the sources of the bundled one."""
    if cells == figures(bundled):
        return bundled
    value, low, high, n = cells
    note = (
        f"entered by hand; bundled {bundled.value:.4g} ({bundled.low:.4g} to "
        f"{bundled.high:.4g}, weight {bundled.n:g})"
    )
    return replace(
        now, value=value, low=low, high=high, n=n, basis="local", sources=(), claims=(), note=note
    )


def fitted(number: Number, value: float, weight: float) -> tuple[float, float, float, float]:
    """A value with the interval that goes with it and its weight.

    It is as wide as it was: of a share by its log-odds, of a ratio by its logarithm. Of a share
    with another weight it is the central interval of a Beta.
    """
    if number.quantity in (*SHARES, BASE_RATE):
        if weight != number.n:
            return value, *beta_interval(value, weight), weight
        ratio = value / (1 - value) / (number.value / (1 - number.value))
        low, high = (x * ratio / (1 - x + x * ratio) for x in (number.low, number.high))
        return value, min(low, value), max(high, value), weight
    if number.quantity == "coupling":
        step = value - number.value
        return value, number.low + step, number.high + step, weight
    ratio = value / number.value
    return value, number.low * ratio, number.high * ratio, weight


def fitted_or_none(
    number: Number, value: float, weight: float
) -> tuple[float, float, float, float] | None:
    """As `fitted`; None where value or weight is not possible."""
    cells = (value, value, value, weight)
    if list(cell_faults("", number, tuple(map(float, cells)))):
        return None
    return fitted(number, float(value), float(weight))


def cell_faults(name: str, number: Number, cells: tuple[float, ...]) -> list[Fault]:
    """What is wrong with the figures of a row; `number` says of which unit they are."""
    empty = [c for c, x in zip(FIGURES, cells, strict=True) if not math.isfinite(x)]
    if empty:
        was = dict(zip(FIGURES, figures(number), strict=True))
        return [
            Fault(name, c, "there is no number", f"Enter one; it was {was[c]:.4g}.") for c in empty
        ]
    value, low, high, n = cells
    found: list[Fault] = []

    def fault(column: str, problem: str, remedy: str) -> None:
        found.append(Fault(name, column, problem, remedy))

    if number.quantity in (*SHARES, BASE_RATE):
        if not 0 < value < 1:
            fault(VALUE, f"{value:g} is not a share", "Enter one between 0 and 1: 0.05 is 5 %.")
        for column, x in ((LOW, low), (HIGH, high)):
            if not 0 <= x <= 1:
                fault(column, f"{x:g} is not a share", "Enter one from 0 to 1.")
    elif number.quantity != "coupling":
        for column, x in ((VALUE, value), (LOW, low)):
            if x <= 0:
                fault(column, f"{x:g} is no odds ratio", "Enter one above 0; 1 means no effect.")
    if not 0 < n <= MOST_WEIGHT:
        fault(WEIGHT, f"{n:g} patients is not possible", "Enter how many it counts for, e.g. 10.")
    if not found and value < low:
        fault(LOW, f"{low:g} is above the value {value:g}", f"Enter {value:g} or less.")
    if not found and value > high:
        fault(HIGH, f"{high:g} is below the value {value:g}", f"Enter {value:g} or more.")
    return found


def cells_of(frame: pd.DataFrame, row: int) -> tuple[float, ...]:
    """The figures of a row as typed; not a number where it is empty."""
    return tuple(
        float("nan") if pd.isna(x) else float(x)
        for x in (frame[column].iloc[row] for column in FIGURES)
    )


def figures(number: Number) -> tuple[float, float, float, float]:
    """The figures of a number in the order of the columns."""
    return number.value, number.low, number.high, number.n
