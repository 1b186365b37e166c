"""Words of the report: headings, intervals and dates."""

from __future__ import annotations

import datetime as dt

from bme_bayes.questions.words import percent

BASES = {
    "published": "published",
    "both": "published and elicited",
    "elicited": "elicited (judgement)",
    "local": "local patients",
}


def span(low: float, high: float) -> str:
    """An interval of probabilities; said once where both ends read the same."""
    ends = percent(low), percent(high)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def group_title(group: str) -> str:
    """The heading of a group of findings."""
    return group.upper() if group == "mri" else group.replace("_", " ").capitalize()


def day(date: str) -> str:
    """An ISO date as people write it: 3 February 2026."""
    on = dt.date.fromisoformat(date)
    return f"{on.day} {on:%B %Y}"


def figure(value: float) -> str:
    """A number of the model, short."""
    return f"{value:.3g}"
