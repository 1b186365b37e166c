"""Tables of local counts for the Prior lab, and what they make of a prior set. No Streamlit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from bme_bayes.engine import Engine
from bme_bayes.errors import UnknownName
from bme_bayes.learning import Counts, Learned, update_main_causes, update_presence
from bme_bayes.network import Network
from bme_bayes.ui.words import short

COUNT = "Patients"
ANY = "any"
EVERY, ONCE = "every diagnosis that was present", "one main cause a patient"


class CountFault(Exception):
    """A count that cannot be used, in words that name the row and the remedy."""


@dataclass(frozen=True)
class CountRow:
    """One line of the table: a diagnosis, or one public state of it."""

    key: str
    words: str
    state: str


def count_rows(network: Network) -> tuple[CountRow, ...]:
    """A line a diagnosis; where it has several states, one for each and one for any of them."""
    rows, labels = [], {v.id: v.label for v in network.diagnoses}
    for variable in network.diagnoses:
        name = short(variable.id, labels)
        states = list(dict.fromkeys(k.grade for k in network.kinds_of(variable.id)))
        rows.append(CountRow(variable.id, name, ANY if len(states) > 1 else ""))
        if len(states) > 1:
            rows += [CountRow(f"{variable.id}={s}", name, variable.state_label(s)) for s in states]
    return tuple(rows)


def frame(rows: tuple[CountRow, ...], counts: Mapping[str, int]) -> pd.DataFrame:
    """The table as it is filled in; a line that is empty was not counted."""
    found = [counts.get(r.key) for r in rows]
    table = pd.DataFrame({"Diagnosis": [r.words for r in rows], "State": [r.state for r in rows]})
    table[COUNT] = pd.Series(found, dtype="Int64")
    return table


def read(
    table: pd.DataFrame, rows: tuple[CountRow, ...], region: str, patients: int
) -> Counts | None:
    """The counts of a table, None where it is empty; raises `CountFault`."""
    counts: dict[str, int] = {}
    for row, cell in zip(rows, table[COUNT], strict=True):
        if pd.isna(cell):
            continue
        name = f"{row.words}, {row.state}" if row.state else row.words
        if float(cell) != int(cell) or cell < 0:
            raise CountFault(f"{name}: {cell:g} is not a number of patients. Enter 0 or more.")
        if cell > patients:
            raise CountFault(
                f"{name}: {cell:g} is more than all {patients} patients. Correct one of them."
            )
        counts[row.key] = int(cell)
    for row in rows:
        _states(row, rows, counts)
    return Counts(region, patients, counts) if counts else None


def _states(row: CountRow, rows: tuple[CountRow, ...], counts: Mapping[str, int]) -> None:
    """A diagnosis is counted as a whole, or under every state of it."""
    if row.state != ANY:
        return
    parts = [r for r in rows if r.key.startswith(f"{row.key}=")]
    given = [r for r in parts if r.key in counts]
    if row.key in counts and given:
        raise CountFault(
            f"{row.words}: it is counted both as a whole and by state. Empty the line “{ANY}”, or "
            "the others."
        )
    if given and len(given) < len(parts):
        missing = next(r for r in parts if r.key not in counts)
        raise CountFault(
            f"{row.words}, {missing.state}: there is no count, but other states have one. Enter "
            f"it (0 if there was none), or count the line “{ANY}” only."
        )


def check_names(counts: Counts, known: Collection[str]) -> None:
    """Whether all names of a file exist; raises `UnknownName` with the nearest."""
    for key in counts.counts:
        if key not in known:
            raise UnknownName("diagnosis", key, known, f"in {counts.region}")


def learn(engine: Engine, counts: Counts, method: str) -> Learned:
    """The base rates after these counts; raises `InputError`."""
    if method == ONCE:
        return update_main_causes(engine, counts)
    return update_presence(engine.network, counts)
