"""Words of the report: probabilities, natural frequencies, dates and headings."""

from __future__ import annotations

import datetime as dt
import re

WIDE = "\N{NO-BREAK SPACE}"
BRACKETS = re.compile(r" \([^()]*\)")
REGIONS = {"ankle_foot": "ankle and foot"}
BASES = {
    "published": "published",
    "both": "published and elicited",
    "elicited": "elicited (judgement)",
    "local": "local patients",
}


def percent(p: float) -> str:
    """A whole percentage; never 0 or 100 unless it is."""
    if 0 < p < 0.01:
        return f"<1{WIDE}%"
    return f">99{WIDE}%" if 0.99 < p < 1 else f"{p * 100:.0f}{WIDE}%"


def span(low: float, high: float) -> str:
    """An interval of probabilities; said once where both ends read the same."""
    ends = percent(low), percent(high)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def of_100(p: float, brief: bool = False) -> str:
    """How many of 100 patients like this."""
    if 0 < p < 0.01:
        return "<1 of 100" if brief else "fewer than 1 of 100"
    if 0.99 < p < 1:
        return ">99 of 100" if brief else "more than 99 of 100"
    return f"{p * 100:.0f} of 100"


def short(label: str) -> str:
    """A label without what it says in brackets."""
    return BRACKETS.sub("", label)


def in_sentence(name: str) -> str:
    """A label inside a sentence: lower case unless it starts with an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def group_title(group: str) -> str:
    """The heading of a group of findings."""
    return group.upper() if group == "mri" else group.replace("_", " ").capitalize()


def region_name(region: str) -> str:
    """A region in a sentence."""
    return REGIONS.get(region, region.replace("_", " "))


def day(date: str) -> str:
    """An ISO date as people write it: 3 February 2026."""
    on = dt.date.fromisoformat(date)
    return f"{on.day} {on:%B %Y}"


def figure(value: float) -> str:
    """A number of the model, short."""
    return f"{value:.3g}"
