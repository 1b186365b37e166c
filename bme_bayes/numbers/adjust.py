"""Applies the shifts of the whole-case judgements to the pooled numbers."""

from __future__ import annotations

import math
from collections import defaultdict

from bme_bayes.numbers.evidence import Row
from bme_bayes.numbers.pool import clip, interval, logit

Shifts = dict[tuple[str, str, str, str], float]
SOURCE = "vignettes"
BY_HAND = "single judgement: "


def adjusted(numbers: list[Row], shifts: Shifts, states: dict[str, list[str]]) -> list[Row]:
    """All rows with their shifts; `states` lists each variable's states in order."""
    if not shifts:
        return numbers
    out: list[Row] = []
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in numbers:
        if row["quantity"] in ("frequency", "share") and row["cause"] != "reference":
            groups[row["quantity"], row["child"], row["cause"], row["regions"]].append(row)
        elif row["quantity"] == "odds_ratio":
            out.append(_ratio(row, shifts.get(_key(row), 0.0)))
        else:
            out.append(row)
    for (_, child, cause, _), rows in groups.items():
        out += _group(rows, shifts, states.get(child, []), cause)
    return out + _new_ratios(numbers, shifts)


def _key(row: Row) -> tuple[str, str, str, str]:
    return (row["quantity"], row["child"], row["state"], row["cause"])


def _note(row: Row, moved: float) -> dict[str, str]:
    text = f"{row['note']}; whole-case judgements move it by {moved:+.2f} log-odds"
    return {"note": text, "sources": f"{row['sources']} {SOURCE}".strip()}


def _ratio(row: Row, shift: float) -> Row:
    if not shift:
        return row
    factor = math.exp(shift)
    scaled = {k: f"{float(row[k]) * factor:.4g}" for k in ("value", "low", "high")}
    return {**row, **scaled, **_note(row, shift)}


def _group(rows: list[Row], shifts: Shifts, states: list[str], cause: str) -> list[Row]:
    """States of one finding in one kind: all shifted, then brought back to sum to 1."""
    quantity, child = rows[0]["quantity"], rows[0]["child"]
    moves = {s: shifts.get((quantity, child, s, cause), 0.0) for s in states}
    by_hand = any(r["note"].startswith(BY_HAND) for r in rows)
    if by_hand or not any(moves.values()):
        return rows
    values = {r["state"]: float(r["value"]) for r in rows}
    rest = [s for s in states if s not in values]
    shares = {**values, **{s: max(1 - sum(values.values()), 1e-4) for s in rest}}
    weighted = {s: p * math.exp(moves.get(s, 0.0)) for s, p in shares.items()}
    total = sum(weighted.values())
    out = []
    for row in rows:
        value = clip(weighted[row["state"]] / total, 1e-4)
        low, high = interval(value, float(row["n"]))
        moved = logit(value) - logit(clip(values[row["state"]], 1e-4))
        text = {k: f"{v:.4g}" for k, v in (("value", value), ("low", low), ("high", high))}
        out.append({**row, **text, **_note(row, moved)} if abs(moved) >= 0.005 else row)
    return out


def _new_ratios(numbers: list[Row], shifts: Shifts) -> list[Row]:
    """Odds ratios that the passes took for 1 and the whole-case judgements do not."""
    known = {_key(r) for r in numbers if r["quantity"] == "odds_ratio"}
    regions = {
        r["cause"]: r["regions"]
        for r in numbers
        if r["quantity"] == "share" and r["child"] == "sex"
    }
    out = []
    for key, shift in sorted(shifts.items()):
        if key[0] == "odds_ratio" and key not in known:
            value = math.exp(shift)
            out.append(
                {
                    "quantity": key[0],
                    "child": key[1],
                    "state": key[2],
                    "cause": key[3],
                    "regions": regions[key[3]],
                    "value": f"{value:.4g}",
                    "low": f"{value / 2:.4g}",
                    "high": f"{value * 2:.4g}",
                    "n": "10",
                    "basis": "elicited",
                    "sources": SOURCE,
                    "claims": "",
                    "note": "the passes judged no effect; whole-case judgements do",
                }
            )
    return out
