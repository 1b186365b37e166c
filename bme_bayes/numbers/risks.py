"""Builds the odds ratios of the kinds by risk factor."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bme_bayes.numbers.evidence import KIND_COLUMN, Evidence, Row
from bme_bayes.numbers.pool import Series, add_up

NO_CLAIMS: tuple[str, ...] = ()
NO_EFFECT = 0.15
"""Odds ratios nearer to 1 than exp(0.15) get no link."""


def odds_ratios(evidence: Evidence) -> Iterator[Row]:
    """Odds ratios of the kinds by risk factor; those without effect get no row."""
    panel = {(k[0], k[1], c): v for k, c, v in evidence.panel.values("risks", ("risk", "state"))}
    own = {
        (k[0], k[1], c): v for k, c, v in evidence.kind_passes.values("risks", ("risk", "state"))
    }
    for kind in evidence.kinds:
        for (risk, state), column in (
            (k, KIND_COLUMN.get(kind["id"], kind["id"]))
            for k in dict.fromkeys((r, s) for r, s, _ in own)
        ):
            values = own.get((risk, state, column))
            parent = panel.get((risk, state, kind["diagnosis"]))
            if not values:
                values = parent or [1.0]
            logs = [math.log(v) for v in values]
            mean = sum(logs) / len(logs)
            spread = max(
                math.sqrt(sum((x - mean) ** 2 for x in logs) / max(len(logs) - 1, 1)), 0.25
            )
            series = _published_ratio(evidence, risk, state, kind["diagnosis"])
            note, basis, claims = "pooled judgement of three passes", "elicited", NO_CLAIMS
            if series:
                weight = series.n / (series.n + 30.0)
                moved = (1 - weight) * mean + weight * (mean + series.value) / 2
                note = (
                    f"published {math.exp(series.value):.2f} pulls the judged "
                    f"{math.exp(mean):.2f} by weight {weight:.2f}"
                )
                mean, basis, claims = moved, "both", series.claims
            if abs(mean) < NO_EFFECT:
                continue
            yield {
                "quantity": "odds_ratio",
                "child": risk,
                "state": state,
                "cause": f"{kind['diagnosis']}.{kind['id']}",
                "regions": kind["regions"],
                "value": f"{math.exp(mean):.4g}",
                "low": f"{math.exp(mean - 1.96 * spread):.4g}",
                "high": f"{math.exp(mean + 1.96 * spread):.4g}",
                "n": "10",
                "basis": basis,
                "sources": " ".join((*evidence.sources_of(claims), "kinds_panel")),
                "claims": " ".join(claims),
                "note": note,
            }


def _published_ratio(evidence: Evidence, risk: str, state: str, diagnosis: str) -> Series | None:
    found = [c for region in "hkas" for c in evidence.used("risk", risk, state, diagnosis, region)]
    unique = {c[0]: (c[0], math.log(c[1]), c[2], c[3]) for c in found}
    return add_up(list(unique.values()))
