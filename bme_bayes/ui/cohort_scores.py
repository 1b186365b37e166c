"""How a scored cohort compares with its known diagnoses. No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bme_bayes.cases import Case
from bme_bayes.cohort.template import ALSO, KNOWN
from bme_bayes.errors import nearest
from bme_bayes.evaluation.answers import CaseAnswer
from bme_bayes.evaluation.scores import Scored, score_groups
from bme_bayes.ui.cohort_table import Answers

LEAST = 5
"""Fewer patients with a known diagnosis are not scored."""
BLANK = ("", "unknown")


@dataclass(frozen=True)
class Labelled:
    """The patients whose diagnosis is known, their answers, and labels that cannot be used.

    `faults` are (row, column, what is wrong).
    """

    cases: tuple[Case, ...]
    answers: tuple[CaseAnswer, ...]
    faults: tuple[tuple[int, str, str], ...]


def labelled(found: Answers) -> Labelled:
    """Cases and answers of the rows with a usable known diagnosis; blank rows are left out."""
    cases, answers, faults = [], [], []
    frame, diagnoses = found.frame, found.plan.diagnoses
    for row in frame.to_dict("records"):
        number = int(row["row"])
        present = {d: float(row[d]) for d in diagnoses if pd.notna(row[d])}
        truth, also = _text(row[KNOWN]), _text(row.get(ALSO)).replace(";", " ").split()
        if truth.lower() in BLANK:
            continue
        wrong = [(KNOWN, truth)] if truth not in present else []
        wrong += [(ALSO, name) for name in also if name not in present]
        faults += [(number, column, _unknown(name, present)) for column, name in wrong]
        if wrong:
            continue
        main = {d: float(row[f"{d}_main_cause"]) for d in present}
        cases.append(Case(row["region"], {}, str(number), diagnosis=truth, also=tuple(also)))
        answers.append(CaseAnswer(str(number), main, present))
    return Labelled(tuple(cases), tuple(answers), tuple(faults))


def overall(found: Labelled, seed: int = 1) -> dict[str, Scored]:
    """Scores over all patients and by region; see `score_groups`."""
    return score_groups(found.cases, found.answers, np.random.default_rng(seed), draws=500)


def ranks(found: Labelled, short: Mapping[str, str]) -> pd.DataFrame:
    """A row a known diagnosis: where the answer ranked it, and what led instead most often."""
    told: dict[str, list[tuple[int, float, str]]] = {}
    for case, answer in zip(found.cases, found.answers, strict=True):
        main = answer.probabilities
        order = sorted(main, key=lambda d: -main[d])
        rank = order.index(case.diagnosis) + 1
        told.setdefault(case.diagnosis, []).append((rank, main[case.diagnosis], order[0]))
    rows = []
    for name, entries in sorted(told.items(), key=lambda item: -len(item[1])):
        instead = pd.Series([short.get(led, led) for rank, _, led in entries if rank > 1])
        most = instead.value_counts()
        rows.append(
            {
                "Known diagnosis": short.get(name, name),
                "Patients": len(entries),
                "Ranked first": sum(rank == 1 for rank, _, _ in entries),
                "In the first three": sum(rank <= 3 for rank, _, _ in entries),
                "Mean main cause": 100 * float(np.mean([p for _, p, _ in entries])),
                "Led instead, most often": f"{most.index[0]} ({most.iloc[0]})"
                if len(most)
                else "–",
            }
        )
    return pd.DataFrame(rows)


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value).strip()


def _unknown(name: str, known: Mapping[str, float]) -> str:
    hint = nearest(name, known, 1)
    near = f"; did you mean {hint[0]!r}?" if hint else ""
    return f"{name[:60]!r} is no diagnosis of this region{near}"
