"""Builds the rows on people: sexes, carriers of risk factors, shares of kinds."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bme_bayes.numbers.cells import Cells, families
from bme_bayes.numbers.evidence import KIND_COLUMN, Evidence, Row, alone
from bme_bayes.numbers.pool import Series, add_up, combine, interval, judge
from bme_bayes.questions.claim_uses import SEX_OF_A_DIAGNOSIS
from bme_bayes.sources import ONE_SERIES_N

AGES = ("under_18", "18_29", "30_50", "51_65", "over_65")
REFERENCE = "general_orthopaedics"
REFERRED = "attenders of the reference setting (general orthopaedics)"
NOT_ASKED = "single judgement: too rare a question to have been put to the panel"
EXTRA_CARRIERS = {
    ("earlier_stress_injury", "present"): (0.03, 0.15, 0.02, 0.03, 0.02),
    ("prior_radiation", "present"): (0.008, 0.002, 0.01, 0.002, 0.02),
}
SETTINGS = (
    "general_orthopaedics",
    "sports_medicine",
    "rheumatology_tertiary",
    "obstetric",
    "older_adults_falls_clinic",
)
OWN_SEX = (
    "late_pregnancy",
    "peripartum",
    "metabolic",
    "benign_tumour",
    "sarcoma",
    "cppd",
    "juvenile",
)
"""Kinds whose sex ratio is their own, not that of their diagnosis' published series."""


def row(
    quantity: str,
    child: str,
    state: str,
    cause: str,
    regions: str,
    value: float,
    n: float,
    note: str,
    *,
    basis: str = "elicited",
    sources: str = "kinds_panel",
    claims: str = "",
    bounds: tuple[float, float] | None = None,
) -> Row:
    """One row of links.csv; a share gets the interval of its weight."""
    low, high = bounds or interval(min(max(value, 1e-4), 1 - 1e-4), n)
    return {
        "quantity": quantity,
        "child": child,
        "state": state,
        "cause": cause,
        "regions": regions,
        "value": f"{value:.4g}",
        "low": f"{low:.4g}",
        "high": f"{high:.4g}",
        "n": f"{n:.1f}",
        "basis": basis,
        "sources": sources,
        "claims": claims,
        "note": note,
    }


def people(cells: Cells) -> Iterator[Row]:
    """All rows that are not findings or risk links."""
    evidence = cells.evidence
    yield from _sexes(cells)
    yield from _reference(evidence)
    yield from _multipliers(evidence)
    yield from _kind_shares(cells)


def _sexes(cells: Cells) -> Iterator[Row]:
    for kinds, region in families(cells):
        for kind in kinds:
            column = KIND_COLUMN.get(kind["id"], kind["id"])
            male = judge(cells.demographics[column, "male_share"])
            series = _sex_claims(cells.evidence, kind, region)
            pooled = combine(male, series)
            note = "pooled judgement of three passes"
            claims: tuple[str, ...] = ()
            if series:
                note = (
                    f"{series.n:.0f} weighted patients show {series.value:.2f} male; with the panel"
                )
                claims = series.claims
            for state, value in (("male", pooled.value), ("female", 1 - pooled.value)):
                yield row(
                    "share",
                    "sex",
                    state,
                    f"{kind['diagnosis']}.{kind['id']}",
                    region,
                    value,
                    pooled.n,
                    note,
                    basis=pooled.basis,
                    sources=" ".join((*cells.evidence.sources_of(claims), "kinds_panel")),
                    claims=" ".join(claims),
                )


def _sex_claims(evidence: Evidence, kind: Row, region: str) -> Series | None:
    """Published sex ratios: of the kind, else of its diagnosis if its kinds are alike in sex."""
    own = evidence.used("sex", "sex", "male", alone(kind), region)
    if own or kind["id"] in OWN_SEX:
        return add_up(own)
    found = evidence.used("sex", "sex", "male", kind["diagnosis"], region)
    return add_up([(c, v, min(n, ONE_SERIES_N), s * SEX_OF_A_DIAGNOSIS) for c, v, n, s in found])


def _reference(evidence: Evidence) -> Iterator[Row]:
    own = {(k[0], c): v for k, c, v in evidence.kind_passes.values("settings", ("setting",))}
    raw = {a: sum(own[REFERENCE, a]) / len(own[REFERENCE, a]) for a in AGES}
    total = sum(raw.values())
    for age in AGES:
        yield row(
            "share",
            "age_band",
            age,
            "reference",
            "hkas",
            raw[age] / total,
            10,
            f"{REFERRED}; mean of three passes",
        )
    male = judge(own[REFERENCE, "male_share"])
    for state, value in (("male", male.value), ("female", 1 - male.value)):
        yield row(
            "share",
            "sex",
            state,
            "reference",
            "hkas",
            value,
            male.n,
            f"{REFERRED}; pooled judgement",
        )
    for (risk, state), number in carriers(evidence, REFERENCE).items():
        yield row(
            "share",
            risk,
            state,
            "reference",
            "hkas",
            number[0],
            number[1],
            NOT_ASKED if (risk, state) in EXTRA_CARRIERS else f"{REFERRED}; pooled judgement",
            sources="" if (risk, state) in EXTRA_CARRIERS else "panel",
        )


def carriers(evidence: Evidence, setting: str) -> dict[tuple[str, str], tuple[float, float]]:
    """(risk, state) to (share, n) among the attenders of a setting."""
    out = {}
    for key, _, values in evidence.panel.values("carriers", ("risk", "state", "setting")):
        if key[2] == setting:
            judged = judge(values)
            out[key[0], key[1]] = (judged.value, judged.n)
    for key, by_setting in EXTRA_CARRIERS.items():
        out[key] = (by_setting[SETTINGS.index(setting)], 4.0)
    return out


def _multipliers(evidence: Evidence) -> Iterator[Row]:
    for key, column, values in evidence.kind_passes.values("risk_by_age_sex", ("risk", "state")):
        mean = math.exp(sum(math.log(max(v, 1e-4)) for v in values) / len(values))
        name = f"sex.{column}" if column in ("female", "male") else f"age_band.{column}"
        if abs(math.log(mean)) < 0.05:
            continue
        yield row(
            "multiplier",
            key[0],
            key[1],
            name,
            "hkas",
            mean,
            10,
            "odds of the risk factor against age 30 to 50; geometric mean of three passes",
            bounds=(mean / 1.6, mean * 1.6),
        )


def _kind_shares(cells: Cells) -> Iterator[Row]:
    for kind in cells.evidence.kinds:
        for region in kind["regions"]:
            share = cells.share(kind, region)
            if share < 1.0:
                yield row(
                    "kind_share",
                    kind["diagnosis"],
                    kind["id"],
                    kind["grade"],
                    region,
                    share,
                    10,
                    "share within this diagnosis in the reference setting; mean of three passes",
                )
