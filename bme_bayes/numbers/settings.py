"""Builds the prior sets: base rates and case mix of each clinical setting."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from bme_bayes.numbers.adjust import Shifts
from bme_bayes.numbers.evidence import Evidence
from bme_bayes.numbers.people import AGES, EXTRA_CARRIERS, NOT_ASKED, carriers
from bme_bayes.numbers.pool import interval, judge
from bme_bayes.numbers.rates import NONE_SHARE, BaseRow, base_rates, flattened, rounded


@dataclass(frozen=True)
class Setting:
    """Name and words of a setting."""

    name: str
    label: str
    description: str


SETTINGS = (
    Setting(
        "general_orthopaedics",
        "General orthopaedics",
        "Out-patients of a general orthopaedic clinic whose painful region shows marrow edema.",
    ),
    Setting(
        "sports_medicine",
        "Sports medicine",
        "Athletes and active people, many of them young, seen for load-related pain.",
    ),
    Setting(
        "rheumatology_tertiary",
        "Rheumatology, tertiary",
        "Referrals to a tertiary rheumatology clinic.",
    ),
    Setting(
        "obstetric", "Obstetric", "Pregnant women and women who gave birth within some months."
    ),
    Setting(
        "older_adults_falls_clinic",
        "Older adults, falls clinic",
        "Older people seen after falls or with new pain on walking.",
    ),
)
REPORTS = Setting(
    "case_reports",
    "Published case reports (evaluation only)",
    "The flattened mix of published reports, in which rare and deceptive disease is "
    "over-represented. For evaluation, never for a patient.",
)
ATTENDERS = {
    "none": (
        NONE_SHARE,
        "few who come with marrow edema as the question have none of the diagnoses",
    ),
    "kind_power": (1.0, "kinds are as common as they were judged"),
    "unmentioned": (1.0, "in a clinic unknown is never absent"),
    "unmentioned_signs": (1.0, "in a clinic unknown is never absent"),
    "stated_absence": (0.0, "in a clinic an absence is an absence"),
}
"""The single numbers of a clinical setting, each a single judgement with its reason."""
REPORTED = {
    "none": (0.01, "a report is published for its diagnosis"),
    "kind_power": (0.5, "rare kinds are published more often than they are seen"),
    "unmentioned": (0.2, "a report names the risk factors that were there, few that were not"),
    "unmentioned_signs": (
        0.8,
        "a report leaves out signs that were absent, and many that nobody looked for",
    ),
    "stated_absence": (
        2.0,
        "a report states the absence of a sign that the disease at hand usually shows",
    ),
}
"""The same of published reports."""


def case_mix(evidence: Evidence, setting: str) -> Iterator[BaseRow]:
    """Ages, sexes and carriers of risk factors among the attenders."""
    own = {(k[0], c): v for k, c, v in evidence.kind_passes.values("settings", ("setting",))}
    raw = {
        a: math.exp(sum(math.log(max(v, 1e-4)) for v in own[setting, a]) / len(own[setting, a]))
        for a in AGES
    }
    total = sum(raw.values())
    entries = [("age_band", a, raw[a] / total, 10.0, "kinds_panel") for a in AGES]
    male = judge([max(v, 1e-3) for v in own[setting, "male_share"]])
    entries += [
        ("sex", "female", 1 - male.value, male.n, "kinds_panel"),
        ("sex", "male", male.value, male.n, "kinds_panel"),
    ]
    entries += [(r, s, v, n, "panel") for (r, s), (v, n) in carriers(evidence, setting).items()]
    for variable, state, value, n, source in entries:
        low, high = interval(min(max(value, 1e-4), 0.9999), n)
        yield {
            "variable": variable,
            "state": state,
            "value": rounded(value),
            "low": rounded(low),
            "high": rounded(high),
            "n": round(n, 1),
            "basis": "elicited",
            "sources": "" if (variable, state) in EXTRA_CARRIERS else source,
            "note": NOT_ASKED
            if (variable, state) in EXTRA_CARRIERS
            else "share of attenders with marrow edema; three passes pooled",
        }


def prior_document(evidence: Evidence, setting: Setting, shifts: Shifts) -> dict[str, object]:
    """One prior file as plain data."""
    reports = setting is REPORTS
    source = "general_orthopaedics" if reports else setting.name
    single = REPORTED if reports else ATTENDERS
    regions = ("hip", "knee", "ankle_foot", "spine")
    return {
        "name": setting.name,
        "label": setting.label,
        "description": setting.description,
        "evaluation_only": reports,
        **{name: value for name, (value, _) in single.items()},
        "provenance": "three elicitation passes, pooled",
        "reasons": {name: f"elicited: {reason}" for name, (_, reason) in single.items()},
        "base": {
            r: flattened(evidence, r, shifts) if reports else base_rates(evidence, source, r)
            for r in regions
        },
        "mix": list(case_mix(evidence, source)),
    }
