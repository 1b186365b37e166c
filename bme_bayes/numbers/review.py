"""A review of the finished numbers: two passes, each of which saw a whole region side by side.

Cells judged one at a time and shifts fitted to whole answers can leave a number that contradicts
the definition of its kind. So two specialists' passes, blind to each other and to patients, went
through the finished numbers of each region and wrote down what they would call wrong. A number is
taken from them only where both move it the same way and both by `CLEARLY` or more; then their mean
replaces what was judged and fitted, and counts like a panel beside what was published. Single
judgements with a reason stand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bme_bayes.numbers.evidence import REGION_NAMES, Row, rows
from bme_bayes.numbers.pool import PANEL_N, clip, expit, interval, logit

CLEARLY = 3.0
"""Least factor, in odds, by which both passes call a number wrong."""
SOURCE = "review"
LEAST_REST = 0.03
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Agreed:
    """What both passes would write instead: their mean (log-odds or log ratio), and why."""

    mean: float
    values: tuple[float, float]
    reason: str


def read_review(folder: Path) -> dict[Key, Agreed]:
    """The numbers that both passes call clearly wrong: by quantity, child, state, cause, region."""
    by_hand = {
        tuple(r[k] for k in ("quantity", "child", "state", "cause"))
        for r in rows(folder / "judgements.csv")
    }
    passes = [
        {
            (r["quantity"], r["child"], r["state"], r["cause"], letter): r
            for letter, name in REGION_NAMES.items()
            for r in rows(place / f"{name}.csv")
        }
        for place in sorted(folder.glob("review_r*"))
    ]
    if len(passes) < 2:
        return {}
    first, second = passes
    out = {}
    for key in first.keys() & second.keys():
        if key[:4] in by_hand:
            continue
        moves = [_moved(key[0], r) for r in (first[key], second[key])]
        if min(moves) >= math.log(CLEARLY) or max(moves) <= -math.log(CLEARLY):
            values = (float(first[key]["new"]), float(second[key]["new"]))
            mean = (_scale(key[0], values[0]) + _scale(key[0], values[1])) / 2
            out[key] = Agreed(mean, values, first[key]["reason"])
    return out


def _scale(quantity: str, value: float) -> float:
    return math.log(value) if quantity == "odds_ratio" else logit(clip(value, 1e-3))


def _moved(quantity: str, row: Row) -> float:
    return _scale(quantity, float(row["new"])) - _scale(quantity, float(row["old"]))


def reviewed(numbers: list[Row], agreed: dict[Key, Agreed]) -> list[Row]:
    """All rows, with what the review agreed on; a region's own number gets a row of its own."""
    touched = {(q, child, cause, region) for q, child, _, cause, region in agreed}
    out: list[Row] = []
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for number in numbers:
        own = [
            r
            for r in number["regions"]
            if (number["quantity"], number["child"], number["cause"], r) in touched
        ]
        rest = "".join(r for r in number["regions"] if r not in own)
        if rest:
            out.append({**number, "regions": rest})
        for region in own:
            key = (number["quantity"], number["child"], number["cause"], region)
            groups[key].append(_row({**number, "regions": region}, agreed))
    for (quantity, *_), found in groups.items():
        out += found if quantity == "odds_ratio" else _to_one(found)
    return out


def _row(number: Row, agreed: dict[Key, Agreed]) -> Row:
    cell = number["quantity"], number["child"], number["state"], number["cause"]
    found = agreed.get((*cell, number["regions"]))
    if found is None:
        return number
    ratio = number["quantity"] == "odds_ratio"
    old, n = float(number["value"]), float(number["n"])
    share = min(1.0, PANEL_N / n)
    mean = share * found.mean + (1 - share) * _scale(number["quantity"], old)
    value = math.exp(mean) if ratio else expit(mean)
    bounds = (
        [float(number[k]) * value / old for k in ("low", "high")] if ratio else interval(value, n)
    )
    text = dict(zip(("value", "low", "high"), (f"{v:.4g}" for v in (value, *bounds)), strict=True))
    one, other = found.values
    note = f"{number['note']}; was {old:.3g}, the review says {one:g} and {other:g}: {found.reason}"
    return {**number, **text, "note": note, "sources": f"{number['sources']} {SOURCE}".strip()}


def _to_one(states: list[Row]) -> list[Row]:
    """States of one finding or attribute in one kind, kept to a sum of 1."""
    total = sum(float(r["value"]) for r in states)
    most = 1.0 if states[0]["quantity"] == "share" else 1.0 - LEAST_REST
    if total <= most and (states[0]["quantity"] == "frequency" or total == most):
        return states
    out = []
    for row in states:
        value = float(row["value"]) * most / total
        low, high = interval(clip(value, 1e-4), float(row["n"]))
        text = {k: f"{v:.4g}" for k, v in (("value", value), ("low", low), ("high", high))}
        out.append({**row, **text})
    return out
