"""Builds the odds ratios of the kinds by risk factor.

The passes judged one ratio a kind. Publications speak of a whole diagnosis: an odds ratio, or the
share of its patients who carry the risk factor. Both say how common the risk factor should be among
the patients of the diagnosis, given how common it is among attenders; the ratios of its kinds are
moved together towards that, and kinds that the passes call untouched by the risk factor stay so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bme_bayes.numbers.cells import Cells, families
from bme_bayes.numbers.evidence import KIND_COLUMN, Row, alone
from bme_bayes.numbers.people import REFERENCE, carriers
from bme_bayes.numbers.pool import Series, add_up, clip, expit, logit

NO_EFFECT = 0.15
"""Odds ratios nearer to 1 than exp(0.15) get no link."""
LEAST_SPREAD = 0.25
JUDGED_N = 30.0
"""The passes on one ratio count like so many patients beside a published series."""
Risk = tuple[str, str]


@dataclass(frozen=True)
class Ratio:
    """One kind's pooled log odds ratio and its spread; `note` and `claims` say what moved it."""

    mean: float
    spread: float
    note: str = "pooled judgement of three passes"
    claims: tuple[str, ...] = ()


def odds_ratios(cells: Cells) -> Iterator[Row]:
    """Odds ratios of the kinds by risk factor; those without effect get no row."""
    passes = cells.evidence.kind_passes.values("risks", ("risk", "state"))
    own = {(k[0], k[1], c): v for k, c, v in passes}
    panel = {
        (k[0], k[1], c): v for k, c, v in cells.evidence.panel.values("risks", ("risk", "state"))
    }
    risks = list(dict.fromkeys((r, s) for r, s, _ in own))
    attenders = carriers(cells.evidence, REFERENCE)
    for kinds, region in families(cells):
        for risk in risks:
            if region not in cells.variables[risk[0]]["regions"]:
                continue
            judged = [
                _judged(
                    own.get((*risk, KIND_COLUMN.get(k["id"], k["id"])))
                    or panel.get((*risk, k["diagnosis"]))
                    or [1.0]
                )
                for k in kinds
            ]
            ratios = _moved(cells, kinds, judged, risk, attenders[risk][0], region)
            for kind, ratio in zip(kinds, ratios, strict=True):
                if ratio.claims or abs(ratio.mean) >= NO_EFFECT:
                    yield _row(cells, kind, region, risk, ratio)


def _judged(values: Sequence[float]) -> Ratio:
    logs = [math.log(v) for v in values]
    mean = sum(logs) / len(logs)
    variance = sum((x - mean) ** 2 for x in logs) / max(len(logs) - 1, 1)
    return Ratio(mean, max(math.sqrt(variance), LEAST_SPREAD))


def _moved(
    cells: Cells,
    kinds: Sequence[Row],
    judged: list[Ratio],
    risk: Risk,
    carried: float,
    region: str,
) -> list[Ratio]:
    """The ratios of a diagnosis' kinds, moved towards what is published of it or of one kind."""
    grades = len({k["grade"] for k in kinds})
    series = _published(cells, risk, kinds[0]["diagnosis"], carried, region)
    if series:
        shares = [cells.share(k, region) / grades for k in kinds]
        judged = _towards(judged, shares, series, carried)
    for index, kind in enumerate(kinds):
        series = _published(cells, risk, alone(kind), carried, region)
        if series:
            (judged[index],) = _towards([judged[index]], [1.0], series, carried)
    return judged


def _published(cells: Cells, risk: Risk, column: str, carried: float, region: str) -> Series | None:
    """Published share of carriers among the patients of a diagnosis or kind, pooled as log-odds."""
    ratios = cells.evidence.used("risk", *risk, column, region)
    shares = cells.evidence.used("carrier", *risk, column, region)
    found = [(c, math.log(ratio) + logit(carried), n, s) for c, ratio, n, s in ratios]
    return add_up([*found, *((c, logit(clip(share)), n, s) for c, share, n, s in shares)])


def _towards(
    judged: Sequence[Ratio], shares: Sequence[float], series: Series, carried: float
) -> list[Ratio]:
    """All ratios that have an effect, shifted by one amount towards the published share.

    A figure on one kind alone moves it whatever the passes say.
    """
    free = [abs(r.mean) >= NO_EFFECT or len(judged) == 1 for r in judged]
    total = sum(shares)

    def share(shift: float) -> float:
        odds = [logit(carried) + r.mean + shift * f for r, f in zip(judged, free, strict=True)]
        return sum(s * expit(o) for s, o in zip(shares, odds, strict=True)) / total

    target, low, high = expit(series.value), -4.0, 4.0
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if share(mid) < target else (low, mid)
    weight = series.n / (series.n + JUDGED_N)
    shift = weight * (low + high) / 2
    note = (
        f"published: {target:.0%} of its patients, judged {share(0.0):.0%}, of attenders "
        f"{carried:.1%}; by weight {weight:.2f} "
    )
    return [
        Ratio(
            r.mean + shift,
            r.spread,
            note + f"the judged {math.exp(r.mean):.2f} moves",
            series.claims,
        )
        if f
        else r
        for r, f in zip(judged, free, strict=True)
    ]


def _row(cells: Cells, kind: Row, region: str, risk: Risk, ratio: Ratio) -> Row:
    mean, spread = ratio.mean, ratio.spread
    return {
        "quantity": "odds_ratio",
        "child": risk[0],
        "state": risk[1],
        "cause": f"{kind['diagnosis']}.{kind['id']}",
        "regions": region,
        "value": f"{math.exp(mean):.4g}",
        "low": f"{math.exp(mean - 1.96 * spread):.4g}",
        "high": f"{math.exp(mean + 1.96 * spread):.4g}",
        "n": "10",
        "basis": "both" if ratio.claims else "elicited",
        "sources": " ".join((*cells.evidence.sources_of(ratio.claims), "kinds_panel")),
        "claims": " ".join(ratio.claims),
        "note": ratio.note,
    }
