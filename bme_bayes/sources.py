"""Who says so: the sources that numbers and texts rest on."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 100.0
"""A larger series says no more: what it can differ in from the patients in question stays."""
ONE_SERIES_N = 40.0


def weight(n: float, spectrum: float) -> float:
    """For how many patients in question a published series counts when it is pooled.

    `spectrum` says how far its `n` patients are the patients in question, 0 to 1.
    """
    return min(min(n, LARGEST) * spectrum, ONE_SERIES_N)


@dataclass(frozen=True, slots=True)
class Source:
    """A publication, an overview text or an elicitation pass.

    Blank fields were not shown on the page that was read and stay blank.
    """

    id: str
    kind: str
    title: str
    authors: str = ""
    year: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    design: str = ""
    seen: str = ""

    @property
    def reference(self) -> str:
        """A one-line reference for a reader; shows the DOI or PMID where one is known."""
        parts = [p for p in (self.authors, self.year, self.title, self.journal) if p]
        if self.doi:
            parts.append(f"doi:{self.doi}")
        elif self.pmid:
            parts.append(f"PMID {self.pmid}")
        return ". ".join(parts)


@dataclass(frozen=True, slots=True)
class Claim:
    """One published figure, as read, and what was made of it."""

    id: str
    source: str
    statistic: str
    value: str
    low: str
    high: str
    n: str
    population: str
    locator: str
    note: str

    @property
    def words(self) -> str:
        """The figure in a line: what was measured in whom, and where on the page it stands."""
        interval = f" ({self.low} to {self.high})" if self.low and self.high else ""
        number = f", n = {self.n}" if self.n else ""
        place = f" [{self.locator}]" if self.locator else ""
        return f"{self.statistic} {self.value}{interval}{number}: {self.population}{place}"
