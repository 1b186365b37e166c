"""What was made of a published figure: the row of claim_uses.csv that stands behind a number."""

from __future__ import annotations

from collections import defaultdict

from bme_bayes.documents import Row, read_rows
from bme_bayes.library import networks_folder
from bme_bayes.network import EDEMA, NONE, Network, Number
from bme_bayes.reading import LETTERS
from bme_bayes.sources import ONE_SERIES_N, weight

USES = {
    "frequency": ("finding",),
    "odds_ratio": ("risk", "carrier"),
    "share": ("age", "sex"),
    "base_rate": ("base", "split"),
}
"""Quantity of a number to the uses that a claim can have for it."""
RAISED_OR_MORE = "raised_or_more"
SEX_OF_A_DIAGNOSIS = 0.5
"""Its kinds may differ in sex, so a series of all counts half."""
EDEMA_OF_PATIENTS = 0.25
"""All attenders are symptomatic, so a series of edema counts a quarter."""
Uses = dict[str, list[Row]]


def read_uses() -> Uses:
    """The rows of claim_uses.csv that are used, by claim."""
    out: Uses = defaultdict(list)
    for row in read_rows(networks_folder() / "claim_uses.csv"):
        if row["use"] != "no":
            out[row["claim_id"]].append(row)
    return dict(out)


def use_of(claim: str, number: Number, network: Network, uses: Uses) -> Row | None:
    """The row that made a claim count for a number; None where there is no such row.

    Of several the one counts that is nearest: of the kind itself before its grade and its
    diagnosis, of the state itself before another state of the same finding.
    """
    columns = _columns(number, network)
    letter = LETTERS[network.region]
    fitting = [
        row
        for row in uses.get(claim, ())
        if row["use"] in USES.get(number.quantity, ())
        and row["column"] in columns
        and letter in row["regions"]
        and (number.quantity == "base_rate" or row["child"] == number.child)
    ]

    setting = network.prior.name if network.prior else ""

    def distance(row: Row) -> tuple[int, int]:
        return columns.index(row["column"]), _apart(row, number, setting)

    return min(fitting, key=distance, default=None)


def patients(row: Row, number: Number) -> float:
    """For how many patients a claim counts in a number, as it is pooled."""
    n, spectrum = float(row["n"]), float(row["spectrum"])
    if row["child"] == EDEMA:
        return weight(n, spectrum * EDEMA_OF_PATIENTS)
    if row["use"] == "sex" and row["column"] == number.cause.partition(".")[0]:
        return weight(min(n, ONE_SERIES_N), spectrum * SEX_OF_A_DIAGNOSIS)
    return weight(n, spectrum)


def _columns(number: Number, network: Network) -> tuple[str, ...]:
    """The columns that a number can be made from, the nearest first."""
    if number.cause == NONE:
        return (NONE,)
    if number.quantity == "base_rate":
        own = _grades(number.child, number.state)
        kinds = network.kinds_of(number.child)
        other = (g for k in kinds for g in _grades(k.diagnosis, k.grade))
        return tuple(dict.fromkeys((*own, number.child, *other)))
    for kind in network.kinds:
        if kind.cause == number.cause:
            return (kind.id, *_grades(kind.diagnosis, kind.grade), kind.diagnosis)
    return ()


def _grades(diagnosis: str, grade: str) -> tuple[str, str]:
    """What the column of a grade may be called: by itself, or e.g. `avn_early`."""
    return grade, f"{diagnosis}_{grade.partition('_')[0]}"


def _apart(row: Row, number: Number, setting: str) -> int:
    """How far the cell that a claim is about is from the number, in steps."""
    if number.quantity == "base_rate":
        return 0 if row["child"] in ("", setting) else 1
    if row["state"] in ("", number.state):
        return 0
    return 1 if row["state"] == RAISED_OR_MORE else 2
