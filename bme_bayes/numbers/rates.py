"""Builds the base rates of a setting, given marrow edema.

The panel judged, by setting and region, how often each diagnosis is the main cause and how often it
is present at all. A published share counts beside it where its people are like those of the
setting; a published share of a grade divides its diagnosis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from bme_bayes.numbers.adjust import Shifts
from bme_bayes.numbers.evidence import PARENT_COLUMN, REGION_NAMES, Evidence
from bme_bayes.numbers.pool import Combined, add_up, combine, interval, judge

MOST_COMORBIDITY = 0.25
NONE_SHARE = 0.02
FLATTENING = 0.2
REPORT_DIAGNOSES = 1.06
LETTERS = {name: letter for letter, name in REGION_NAMES.items()}
COLUMN_STATE = {column: key for key, column in PARENT_COLUMN.items()}
GRADES = {
    "avn": ("avn_early", "avn_late"),
    "bone_stress_injury": ("stress_reaction", "stress_fracture"),
}
"""Graded diagnoses: the panel's columns of their grades."""
BaseRow = dict[str, object]


@dataclass(frozen=True)
class Rate:
    """One diagnosis or grade as main cause, and how often it is there beside another."""

    main: Combined
    beside: float
    claims: tuple[str, ...] = ()


def base_rates(evidence: Evidence, setting: str, region: str) -> list[BaseRow]:
    """Base rates given marrow edema; comorbidity scaled so that they sum to 1.25 at most."""
    rates = _panel(evidence, setting, region)
    for diagnosis, grades in GRADES.items():
        if set(grades) <= rates.keys():
            rates |= _graded(evidence, rates, diagnosis, setting, region)
    for column in rates.keys() - {g for grades in GRADES.values() for g in grades}:
        rates[column] = _with_series(evidence, rates[column], column, setting, region)
    total = sum(r.main.value for r in rates.values())
    scale = min(1.0, MOST_COMORBIDITY / sum(r.beside for r in rates.values()))
    return [
        _row(evidence, column, rate, rate.main.value / total, scale)
        for column, rate in rates.items()
    ]


def _panel(evidence: Evidence, setting: str, region: str) -> dict[str, Rate]:
    tables = evidence.panel.table("base", ("setting", "region", "diagnosis"))
    rates = {}
    for key in tables[0]:
        if key[:2] == (setting, region):
            main = combine(judge([max(float(t[key]["main_cause"]), 1e-4) for t in tables]), None)
            more = [max(float(t[key]["present"]) - float(t[key]["main_cause"]), 0) for t in tables]
            rates[key[2]] = Rate(main, sum(more) / len(more))
    return rates


def _with_series(evidence: Evidence, rate: Rate, column: str, setting: str, region: str) -> Rate:
    """The rate with what is published of people like those of the setting."""
    series = add_up(evidence.used("base", setting, "", column, LETTERS[region]))
    if series is None:
        return rate
    main = combine(judge([rate.main.value]), series)
    return replace(rate, main=main, claims=(*rate.claims, *series.claims))


def _graded(
    evidence: Evidence, rates: dict[str, Rate], diagnosis: str, setting: str, region: str
) -> dict[str, Rate]:
    """Both grades of a diagnosis: what is published of either, and of how it divides."""
    first, second = (
        _with_series(evidence, rates[g], g, setting, region) for g in GRADES[diagnosis]
    )
    whole = first.main.value + second.main.value
    early, late = GRADES[diagnosis]
    parts = evidence.used("split", "", "", early, LETTERS[region])
    rests = evidence.used("split", "", "", late, LETTERS[region])
    series = add_up([*parts, *((c, 1 - share, n, s) for c, share, n, s in rests)])
    if series is None:
        return {early: first, late: second}
    share = combine(judge([first.main.value / whole]), series).value
    return {
        grade: replace(
            rate,
            main=replace(rate.main, value=part * whole, basis="both"),
            claims=(*rate.claims, *series.claims),
        )
        for grade, rate, part in zip(
            GRADES[diagnosis], (first, second), (share, 1 - share), strict=True
        )
    }


def _row(evidence: Evidence, column: str, rate: Rate, share: float, scale: float) -> BaseRow:
    diagnosis, state = COLUMN_STATE.get(column, (column, "present"))
    value = (1 - NONE_SHARE) * share + scale * rate.beside
    low, high = interval(value, rate.main.n)
    note = f"main cause {share:.3f}, besides another {scale * rate.beside:.3f} "
    row: BaseRow = {
        "variable": diagnosis,
        "state": state,
        "value": rounded(value),
        "low": rounded(low),
        "high": rounded(high),
        "n": round(rate.main.n, 1),
        "basis": rate.main.basis,
        "sources": " ".join((*evidence.sources_of(rate.claims), "panel")),
        "note": f"{note}(panel {rate.beside:.3f}); three passes",
    }
    if rate.claims:
        row["note"] = f"{row['note']}, with what is published"
        row["claims"] = " ".join(rate.claims)
    return row


def flattened(evidence: Evidence, region: str, shifts: Shifts) -> list[BaseRow]:
    """The mix of published reports: main causes to the power `FLATTENING`, as readers judged."""
    rows = base_rates(evidence, "general_orthopaedics", region)
    moves = [
        shifts.get(("base_rate", region, str(r["state"]), str(r["variable"])), 0.0) for r in rows
    ]
    weights = [
        float(str(r["value"])) ** FLATTENING * math.exp(m) for r, m in zip(rows, moves, strict=True)
    ]
    total = sum(weights)
    out = []
    for r, weight, move in zip(rows, weights, moves, strict=True):
        value = REPORT_DIAGNOSES * weight / total
        low, high = interval(value, 5)
        numbers = {"value": rounded(value), "low": rounded(low), "high": rounded(high), "n": 5.0}
        note = (
            f"general orthopaedics to the power {FLATTENING}, whole-case judgements {move:+.2f}, "
            f"scaled to {REPORT_DIAGNOSES} diagnoses a report"
        )
        out.append({**r, **numbers, "note": note})
    return out


def rounded(value: float) -> float:
    """Four significant digits."""
    return float(f"{value:.4g}")
