"""What an edited prior set changes on a panel of cases. Pure: no Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError
from bme_bayes.posterior import Posterior
from bme_bayes.questions.words import percent
from bme_bayes.ui import state
from bme_bayes.ui.teach_cases import TeachCase
from bme_bayes.ui.words import short
from bme_bayes.ui.worked import WORKED

ALL, WORKED_ONLY = "all", "worked"


@dataclass(frozen=True)
class PanelCase:
    """A case to try a prior set on. `diagnosis` is the confirmed one, where there is one."""

    id: str
    title: str
    findings: Mapping[str, object]
    level: str
    diagnosis: str = ""


@dataclass(frozen=True)
class Effect:
    """The answers to one case before and after."""

    case: PanelCase
    before: Posterior
    after: Posterior

    @property
    def turned(self) -> bool:
        """Whether another diagnosis leads."""
        return self.before.leader != self.after.leader

    @property
    def size(self) -> float:
        """Share of the main cause that goes from one diagnosis to another, 0 to 1."""
        new = self.after.diagnoses
        return 0.5 * sum(
            abs(new[d].main_cause - p.main_cause) for d, p in self.before.diagnoses.items()
        )


def panel(region: str, published: Iterable[TeachCase]) -> tuple[PanelCase, ...]:
    """The worked examples and the published cases of a region."""
    worked = [
        PanelCase(w.id, f"Example: {w.title}", state.findings(dict(w.case.findings)), WORKED_ONLY)
        for w in WORKED
        if w.case.region == region
    ]
    cases = [
        PanelCase(c.title, c.title, c.findings, c.difficulty, c.diagnosis)
        for c in published
        if c.region == region
    ]
    return (*worked, *cases)


def chosen(cases: Sequence[PanelCase], level: str) -> tuple[PanelCase, ...]:
    """The cases of a level of difficulty, or the worked examples, or all."""
    return tuple(c for c in cases if level in (ALL, c.level))


def effects(cases: Iterable[PanelCase], before: Engine, after: Engine) -> tuple[Effect, ...]:
    """The answers to each case; a case that either cannot answer is left out."""
    found = []
    for case in cases:
        try:
            pair = before.posterior(case.findings), after.posterior(case.findings)
        except BmeBayesError:
            continue
        found.append(Effect(case, *pair))
    return tuple(found)


def ranked(found: Iterable[Effect]) -> list[Effect]:
    """Those with another leader first, then by how much moved."""
    return sorted(found, key=lambda e: (not e.turned, -e.size))


def hits(found: Iterable[Effect]) -> tuple[int, int, int]:
    """Cases with a confirmed diagnosis, and in how many it leads before and after."""
    known = [e for e in found if e.case.diagnosis]
    return (
        len(known),
        sum(e.before.leader == e.case.diagnosis for e in known),
        sum(e.after.leader == e.case.diagnosis for e in known),
    )


def table(found: Sequence[Effect], names: Mapping[str, str]) -> list[list[str]]:
    """A row a case: leader and its share as the main cause, before and after."""
    rows = []
    for e in found:
        cells = [
            f"{short(p.leader, names)} {percent(p.diagnoses[p.leader].main_cause)}"
            for p in (e.before, e.after)
        ]
        stays = percent(e.after.diagnoses[e.before.leader].main_cause)
        rows.append([e.case.title, *cells, stays if e.turned else "", "≠" if e.turned else ""])
    return rows
