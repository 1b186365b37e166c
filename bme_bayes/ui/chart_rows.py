"""What the charts show, as rows, and the same in words for people who cannot see them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bme_bayes.notebook import count_of_100
from bme_bayes.posterior import Posterior
from bme_bayes.questions.uncertainty import Interval, Uncertainty
from bme_bayes.questions.value import FindingValue
from bme_bayes.questions.words import in_sentence, percent
from bme_bayes.ui.words import points, short

Row = dict[str, Any]
Answers = Mapping[tuple[str, str], str]
TOLD = 5
SHOWN = 0.01
GAP = "\N{NO-BREAK SPACE}" * 3


def differential_rows(
    now: Posterior,
    start: Posterior | None,
    before: Posterior | None,
    sure: Uncertainty | None = None,
) -> tuple[list[Row], str]:
    """A row a diagnosis, in the order of the answer, and the chart's description.

    `low` to `high` is the interval of the main cause; None while it is not known.
    """
    rows: list[Row] = []
    for rank, (name, found) in enumerate(now.diagnoses.items()):
        first = start.diagnoses[name].main_cause if start else found.main_cause
        interval = sure.diagnoses[name].main_cause if sure else None
        row = {
            "row": rank,
            "name": short(name, now.labels),
            "low": interval.low if interval else math.nan,
            "high": interval.high if interval else math.nan,
            "interval": between(interval) if interval else "not known yet",
            "main": found.main_cause,
            "present": max(found.present, found.main_cause),
            "start": first,
            "since_start": points(found.main_cause, first),
            "figures": _figures(name, now, before),
        }
        rows.append(row)
    told = "; ".join(
        f"{row['name']}: main cause {percent(row['main'])}"
        f"{' (' + row['interval'] + ')' if sure else ''}, present {percent(row['present'])}"
        for row in rows[:TOLD]
    )
    return rows, f"Bar chart of the possible causes, most probable first. {told}."


def next_rows(
    findings: Sequence[FindingValue], diagnosis: str, now: Posterior, answers: Answers
) -> tuple[list[Row], str]:
    """A row a finding and result, and the chart's description."""
    rows: list[Row] = []
    told = []
    chance = now.diagnoses[diagnosis].main_cause
    for rank, finding in enumerate(findings):
        after = {state: r.diagnoses[diagnosis] for state, r in finding.results.items()}
        words = {state: answers.get((finding.id, state), state) for state in after}
        states = list(after)
        for state in states:
            row = {
                "row": rank,
                "finding": finding.label,
                "result": words[state],
                "after": after[state],
                "chance": finding.results[state].probability,
                "place": "first" if state == states[0] else "last",
                "name": "",
                "figures": "",
            }
            if state not in (states[0], states[-1]):
                row["place"] = "between"
            rows.append(row)
        span = {"name": f"{rank + 1}.  {finding.label}", "now": chance, "figures": ""}
        rows.append({"row": rank, **span, "low": min(after.values()), "high": max(after.values())})
        results = [f"if {in_sentence(words[s])} {percent(after[s])}" for s in states]
        told.append(f"{finding.label}: {', '.join(results)}")
    name = in_sentence(short(diagnosis, now.labels))
    head = f"How findings would change the probability that {name} is the main cause"
    return rows, f"{head}, now {percent(chance)}. {'; '.join(told)}."


def between(interval: Interval) -> str:
    """An interval in words: `12 to 40 of 100`, or `<1 of 100`."""
    ends = (count_of_100(end, brief=True) for end in (interval.low, interval.high))
    return f"{' to '.join(dict.fromkeys(ends))} of 100"


def _figures(name: str, now: Posterior, before: Posterior | None) -> str:
    """Main cause and presence, with the change since the last step in front."""
    found = now.diagnoses[name]
    figures = percent(found.main_cause)
    if found.present >= SHOWN:
        figures = f"{figures} ({percent(found.present)} present)"
    change = points(found.main_cause, before.diagnoses[name].main_cause) if before else "±0"
    return figures if change == "±0" else f"{_arrow(change)}{GAP}{figures}"


def _arrow(change: str) -> str:
    return f"{'▲' if change.startswith('+') else '▼'}{change[1:]}"
