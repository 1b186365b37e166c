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

from bme_bayes.errors import UnknownName
from bme_bayes.numbers.evidence import REGION_NAMES, Row, rows
from bme_bayes.numbers.pool import PANEL_N, clip, expit, interval, logit

CLEARLY = 3.0
"""Least factor, in odds, by which both passes call a number wrong."""
SOURCE = "review"
LEAST_REST = 0.03
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Objection:
    """What both passes would write instead of a number, and why."""

    values: tuple[float, float]
    reason: str

    def mean(self, quantity: str, number: float) -> float | None:
        """Their mean (log-odds or log ratio), if both call the number clearly wrong."""
        there = [_scale(quantity, v) for v in self.values]
        moves = [t - _scale(quantity, number) for t in there]
        clear = math.log(CLEARLY)
        return sum(there) / 2 if min(moves) >= clear or max(moves) <= -clear else None


def read_review(folder: Path) -> dict[Key, Objection]:
    """What both passes object to, by quantity, child, state, cause and region."""
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
    return {
        key: Objection((float(one["new"]), float(second[key]["new"])), one["reason"])
        for key, one in first.items()
        if key in second and key[:4] not in by_hand
    }


def _scale(quantity: str, value: float) -> float:
    return math.log(value) if quantity == "odds_ratio" else logit(clip(value, 1e-3))


def reviewed(numbers: list[Row], objections: dict[Key, Objection]) -> list[Row]:
    """All rows, with what the review agreed on; a region's own number gets a row of its own."""
    touched = {(q, child, cause, region) for q, child, _, cause, region in objections}
    known = {(n["quantity"], n["child"], n["cause"], r) for n in numbers for r in n["regions"]}
    for missing in sorted(touched - known):
        raise UnknownName("number", " ".join(missing), (" ".join(k) for k in known), "in a review")
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
            groups[key].append(_row({**number, "regions": region}, objections))
    for (quantity, *_), found in groups.items():
        changed = any(SOURCE in row["sources"].split() for row in found)
        out += _to_one(found) if changed and quantity != "odds_ratio" else found
    return out


def _row(number: Row, objections: dict[Key, Objection]) -> Row:
    cell = number["quantity"], number["child"], number["state"], number["cause"]
    found = objections.get((*cell, number["regions"]))
    old, n = float(number["value"]), float(number["n"])
    wanted = found.mean(number["quantity"], old) if found else None
    if found is None or wanted is None:
        return number
    ratio = number["quantity"] == "odds_ratio"
    share = min(1.0, PANEL_N / n)
    mean = share * wanted + (1 - share) * _scale(number["quantity"], old)
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
