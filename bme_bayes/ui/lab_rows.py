"""Tables of numbers to edit: to a frame and back, with every fault named. Pure: no Streamlit.

A fault says the row, the column, what is wrong and what to do; the table is only taken over
when there is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from bme_bayes.checks.links import SHARES, SUM_TOLERANCE
from bme_bayes.learning.learned import LEAST_PAIRS, MOST_DIAGNOSES, beta_interval
from bme_bayes.network import Network, Number
from bme_bayes.priors import PriorSet
from bme_bayes.questions.variations import BASE_RATE
from bme_bayes.ui.lab_settings import bundled_link, number_key
from bme_bayes.ui.number_table import QUANTITIES, among, state_words
from bme_bayes.ui.words import short

VALUE, LOW, HIGH, WEIGHT = "Value", "From", "To", "Weight"
FIGURES = (VALUE, LOW, HIGH, WEIGHT)
BUNDLED = "Bundled"
USUAL_MOST = 1.25
MOST_WEIGHT = 1e6
MOVED = "moved with those entered by hand"


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


class NoRoom(Exception):
    """The base rates that were entered leave nothing for the others, or have a fault."""


@dataclass(frozen=True)
class Table:
    """Rows to edit: their numbers now and as bundled, and their names in words.

    `words` is one mapping of column to text a row; `groups` gives each row the name of the
    shares that it sums up with, and whether these are all there are.
    """

    numbers: tuple[Number, ...]
    bundled: tuple[Number, ...]
    words: tuple[Mapping[str, str], ...]
    groups: tuple[tuple[str, bool] | None, ...]

    def frame(self) -> pd.DataFrame:
        """The rows as they stand: words, value, interval, weight and the bundled value."""
        rows = [
            {**words, VALUE: n.value, LOW: n.low, HIGH: n.high, WEIGHT: n.n, BUNDLED: b.value}
            for n, b, words in zip(self.numbers, self.bundled, self.words, strict=True)
        ]
        return pd.DataFrame(rows)

    def name(self, row: int) -> str:
        """A row in words."""
        return ", ".join(text for text in self.words[row].values() if text)

    def edited(self, frame: pd.DataFrame) -> list[int]:
        """The rows whose figures are not those of the numbers now."""
        return [i for i, n in enumerate(self.numbers) if _cells(frame, i) != _figures(n)]

    def take(self, frame: pd.DataFrame) -> tuple[list[Number], list[Fault]]:
        """The numbers of an edited frame, and what is wrong with it."""
        numbers, faults = list(self.numbers), []
        for i in self.edited(frame):
            cells = _cells(frame, i)
            found = list(_cell_faults(self.name(i), self.numbers[i], cells))
            faults += found
            if not found:
                numbers[i] = entered(self.numbers[i], self.bundled[i], cells)
        touched = {self.groups[i] for i in self.edited(frame)} - {None}
        if not faults:
            faults += [f for g in touched if g for f in self._sum(g, numbers)]
        return numbers, faults

    def _sum(self, group: tuple[str, bool], numbers: Sequence[Number]) -> list[Fault]:
        name, whole = group
        total = sum(n.value for n, g in zip(numbers, self.groups, strict=True) if g == group)
        if total <= 1 + SUM_TOLERANCE and (not whole or total >= 1 - SUM_TOLERANCE):
            return []
        wanted = "exactly 1" if whole else "1 at most"
        return [Fault(name, VALUE, f"the shares sum to {total:.3g}", f"Make them {wanted}.")]


def rates_table(network: Network, prior: PriorSet, origin: PriorSet) -> Table:
    """The base rates of a region."""
    numbers = list(prior.region(network.region).values())
    before = origin.region(network.region)
    labels = {v.id: v.label for v in network.diagnoses}
    words = []
    for n in numbers:
        variable = network.variables[n.child]
        alone = len({k.grade for k in network.kinds_of(n.child)}) < 2
        state = "" if alone else variable.state_label(n.state)
        words.append({"Diagnosis": short(n.child, labels), "State": state})
    was = [before.get((n.child, n.state), n) for n in numbers]
    return Table(tuple(numbers), tuple(was), tuple(words), (None,) * len(numbers))


def rate_faults(prior: PriorSet, table: Table, numbers: Sequence[Number]) -> list[Fault]:
    """Whether the base rates leave room for one diagnosis a patient, and are not too many."""
    total, least = sum(n.value for n in numbers), 1 - prior.none + LEAST_PAIRS
    for i, number in enumerate(numbers):
        states = sum(n.value for n in numbers if n.child == number.child)
        if states >= 1 - prior.none:
            problem = f"all its states sum to {states:.3f}, and nobody would be left for the rest"
            return [Fault(table.name(i), VALUE, problem, f"Lower it below {1 - prior.none:g}.")]
    if least <= total <= MOST_DIAGNOSES:
        return []
    way = "Raise" if total < least else "Lower"
    return [
        Fault(
            "All base rates of this region",
            VALUE,
            f"they sum to {total:.3f}, and {least:.2f} to {MOST_DIAGNOSES} is possible",
            f"{way} some, or let the others give way. Usual is 1 to {USUAL_MOST}: one diagnosis "
            "a patient, and a little for those who have two.",
        )
    ]


def give_way(table: Table, frame: pd.DataFrame) -> list[Number]:
    """Base rates with those that were entered by hand kept and the others scaled.

    Their sum is then that of the bundled ones. Raises `NoRoom` where a cell has a fault, or
    where nothing is left for the others.
    """
    numbers, faults = table.take(frame)
    edited = set(table.edited(frame))
    others = [i for i in range(len(numbers)) if i not in edited]
    rest = [i for i in others if numbers[i].basis != "local"] or others
    held = sum(numbers[i].value for i in rest)
    kept = sum(n.value for n in numbers) - held
    left = sum(n.value for n in table.bundled) - kept
    if faults or left <= 0.02 * held:
        raise NoRoom
    for i in rest:
        old = numbers[i]
        value, low, high, _ = fitted(old, old.value * left / held, old.n)
        note = old.note if MOVED in old.note else "; ".join(t for t in (old.note, MOVED) if t)
        numbers[i] = replace(old, value=value, low=low, high=high, note=note)
    return numbers


def mix_table(network: Network, prior: PriorSet, origin: PriorSet) -> Table:
    """Ages, sexes and risk factors of the people who come, as far as the region has them."""
    numbers = [n for n in prior.mix.values() if n.child in network.variables]
    words, groups = [], list[tuple[str, bool] | None]()
    for n in numbers:
        variable = network.variables[n.child]
        words.append({"Of": variable.label, "State": variable.state_label(n.state)})
        whole = {m.state for m in numbers if m.child == n.child} >= set(variable.states)
        groups.append((variable.label, whole))
    was = [origin.mix.get((n.child, n.state), n) for n in numbers]
    return Table(tuple(numbers), tuple(was), tuple(words), tuple(groups))


def links_table(network: Network, name: str, diagnosis: str = "") -> Table:
    """The numbers of one variable; with a diagnosis only those among patients with it."""
    variable = network.variables[name]
    numbers = [n for n in links_of(network, name) if diagnosis in ("", n.cause.partition(".")[0])]
    words, groups = [], list[tuple[str, bool] | None]()
    for n in numbers:
        who = among(network, n)
        kind, state = QUANTITIES[n.quantity], state_words(network, n)
        words.append({"Among": who, "State": state, "Kind of number": kind})
        same = {m.state for m in numbers if (m.quantity, m.cause) == (n.quantity, n.cause)}
        kinds = n.quantity == "kind_share"
        who = f"kinds of {variable.state_label(n.cause)}" if kinds else who
        whole = kinds or same >= set(variable.states)
        groups.append((f"{variable.label}, {who}", whole) if n.quantity in SHARES else None)
    was = [bundled_link(network, number_key(n)) for n in numbers]
    return Table(tuple(numbers), tuple(was), tuple(words), tuple(groups))


def links_of(network: Network, name: str) -> list[Number]:
    """The numbers of the network whose child is this variable, in file order."""
    return [n for n in network.numbers.values() if n.child == name]


def entered(now: Number, bundled: Number, cells: tuple[float, ...]) -> Number:
    """A number as entered by hand: it no longer rests on the sources of the bundled one."""
    if cells == _figures(bundled):
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
    if list(_cell_faults("", number, tuple(map(float, cells)))):
        return None
    return fitted(number, float(value), float(weight))


def _cell_faults(name: str, number: Number, cells: tuple[float, ...]) -> list[Fault]:
    empty = [c for c, x in zip(FIGURES, cells, strict=True) if not math.isfinite(x)]
    if empty:
        was = dict(zip(FIGURES, _figures(number), strict=True))
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


def _cells(frame: pd.DataFrame, row: int) -> tuple[float, ...]:
    return tuple(
        float("nan") if pd.isna(x) else float(x)
        for x in (frame[column].iloc[row] for column in FIGURES)
    )


def _figures(number: Number) -> tuple[float, float, float, float]:
    return number.value, number.low, number.high, number.n
