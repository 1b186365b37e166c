"""What is taken of a FHIR Patient: sex and, for a given day, the age band."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

from bme_bayes.findings import age_band

SEXES = ("female", "male")
Outcome = tuple[str, str, str | tuple[str, tuple[str, ...]]]
"""Place and name of what was read; a finding with its states, or the reason why it is left out."""


def told_by_patient(model: Any, place: str, on: date | None) -> Iterator[Outcome]:
    """Sex and age band of a Patient; nothing else of it is looked at."""
    if model.gender:
        known = model.gender in SEXES
        yield place, "gender", ("sex", (model.gender,)) if known else "neither female nor male"
    if model.birthDate and on is None:
        yield place, "birthDate", "no day is given for which the age is wanted"
    elif model.birthDate and on is not None:
        ages = [_age(day, on) for day in _born(model.birthDate)]
        if all(0 <= age <= 120 for age in ages):
            bands = tuple(dict.fromkeys(age_band(age) for age in ages))
            yield place, "birthDate", ("age_band", bands)
        else:
            yield place, "birthDate", "it gives no age of 0 to 120 years"


def _born(value: date | str) -> tuple[date, date]:
    """The last and the first day that a birth date may mean: FHIR has years and months as well."""
    if isinstance(value, date):
        return value, value
    year, *month = (int(part) for part in value.split("-"))
    first, last = month[0] if month else 1, month[0] if month else 12
    return date(year, last, monthrange(year, last)[1]), date(year, first, 1)


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
