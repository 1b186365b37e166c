"""Tables of numbers to edit: to a frame and back, with every fault named. Pure: no Streamlit.

A fault says the row, the column, what is wrong and what to do; the table is only taken over
when there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from bme_bayes.checks.links import SHARES, SUM_TOLERANCE
from bme_bayes.learning.learned import LEAST_PAIRS, MOST_DIAGNOSES
from bme_bayes.network import Network, Number
from bme_bayes.priors import PriorSet
from bme_bayes.ui.lab_cells import (
    HIGH,
    LOW,
    VALUE,
    WEIGHT,
    Fault,
    cell_faults,
    cells_of,
    entered,
    figures,
    fitted,
)
from bme_bayes.ui.lab_settings import bundled_link, number_key
from bme_bayes.ui.number_table import QUANTITIES, among, state_words
from bme_bayes.ui.words import short

BUNDLED = "Bundled"
USUAL_MOST = 1.25
MOVED = "moved with those entered by hand"


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
        return [i for i, n in enumerate(self.numbers) if cells_of(frame, i) != figures(n)]

    def take(self, frame: pd.DataFrame) -> tuple[list[Number], list[Fault]]:
        """The numbers of an edited frame, and what is wrong with it."""
        numbers, faults = list(self.numbers), []
        for i in self.edited(frame):
            cells = cells_of(frame, i)
            found = list(cell_faults(self.name(i), self.numbers[i], cells))
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
