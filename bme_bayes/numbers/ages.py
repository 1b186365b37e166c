"""Builds the ages of the kinds.

The passes judged the age bands of each kind. Publications give the mean age of a series, of a whole
diagnosis or of one kind. The bands of the kinds are tilted together (each band's odds by its
distance in years) until their mean is that of judgement and series, by weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bme_bayes.numbers.cells import Cells, families
from bme_bayes.numbers.evidence import KIND_COLUMN, Row, alone
from bme_bayes.numbers.pool import PANEL_N, Series, add_up, interval

YEARS = {"under_18": 12.0, "18_29": 24.0, "30_50": 40.5, "51_65": 58.0, "over_65": 75.0}
"""Age bands with the year that stands for each."""
JUDGED = "share of the patients with this kind; geometric mean of three passes"


@dataclass(frozen=True)
class Ages:
    """Shares of the age bands of one kind, and what moved them."""

    shares: tuple[float, ...]
    note: str = JUDGED
    claims: tuple[str, ...] = ()


def ages(cells: Cells) -> Iterator[Row]:
    """The rows on age of every kind, a region at a time."""
    for kinds, region in families(cells):
        for kind, found in zip(kinds, _pooled(cells, kinds, region), strict=True):
            yield from _rows(cells, kind, region, found)


def _pooled(cells: Cells, kinds: Sequence[Row], region: str) -> list[Ages]:
    """The ages of all kinds of a diagnosis in one region."""
    found = [_judged(cells, kind) for kind in kinds]
    shares = [cells.share(kind, region) for kind in kinds]
    series = _series(cells, kinds[0]["diagnosis"], region)
    if series:
        found = _tilted(found, shares, series)
    for index, kind in enumerate(kinds):
        series = _series(cells, alone(kind), region)
        if series:
            (found[index],) = _tilted([found[index]], [1.0], series)
    return found


def _judged(cells: Cells, kind: Row) -> Ages:
    column = KIND_COLUMN.get(kind["id"], kind["id"])
    passes = [cells.demographics[column, age] for age in YEARS]
    raw = [math.exp(sum(math.log(max(v, 1e-3)) for v in p) / len(p)) for p in passes]
    return Ages(tuple(r / sum(raw) for r in raw))


def _series(cells: Cells, column: str, region: str) -> Series | None:
    return add_up(cells.evidence.used("age", "age_band", "", column, region))


def _tilted(judged: Sequence[Ages], weights: Sequence[float], series: Series) -> list[Ages]:
    """All kinds, tilted alike towards the mean age of the series."""
    own = _mean(judged, weights)
    weight = series.n / (series.n + PANEL_N)
    target = (1 - weight) * own + weight * series.value
    low, high = -0.5, 0.5
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if _mean(_tilt(judged, mid), weights) < target else (low, mid)
    note = (
        f"{JUDGED}; {series.n:.0f} weighted patients are {series.value:.0f} years old on "
        f"average, judged {own:.0f}, together {target:.0f}"
    )
    return [replace(a, note=note, claims=series.claims) for a in _tilt(judged, low)]


def _tilt(judged: Sequence[Ages], slope: float) -> list[Ages]:
    out = []
    for one in judged:
        raw = [
            s * math.exp(slope * (year - YEARS["30_50"]))
            for s, year in zip(one.shares, YEARS.values(), strict=True)
        ]
        out.append(Ages(tuple(r / sum(raw) for r in raw)))
    return out


def _mean(kinds: Sequence[Ages], weights: Sequence[float]) -> float:
    years = tuple(YEARS.values())
    means = [sum(s * y for s, y in zip(k.shares, years, strict=True)) for k in kinds]
    return sum(w * m for w, m in zip(weights, means, strict=True)) / sum(weights)


def _rows(cells: Cells, kind: Row, region: str, found: Ages) -> Iterator[Row]:
    for age, share in zip(YEARS, found.shares, strict=True):
        low, high = interval(min(max(share, 1e-4), 1 - 1e-4), PANEL_N)
        yield {
            "quantity": "share",
            "child": "age_band",
            "state": age,
            "cause": f"{kind['diagnosis']}.{kind['id']}",
            "regions": region,
            "value": f"{share:.4g}",
            "low": f"{low:.4g}",
            "high": f"{high:.4g}",
            "n": f"{PANEL_N:.1f}",
            "basis": "both" if found.claims else "elicited",
            "sources": " ".join((*cells.evidence.sources_of(found.claims), "kinds_panel")),
            "claims": " ".join(found.claims),
            "note": found.note,
        }
