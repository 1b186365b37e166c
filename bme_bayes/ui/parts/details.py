"""Below the chart, on demand: every figure, grades and kinds, whole stories."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.red_flags import Criterion, programme_criteria
from bme_bayes.questions.uncertainty import Uncertainty
from bme_bayes.questions.words import in_sentence, of_100, percent
from bme_bayes.ui.chart_rows import between
from bme_bayes.ui.words import listed, points, short

DETAILED = 3
STORIES = 5
ANSWERS = {True: "Met", False: "Not met", None: "Not known"}


def draw(
    now: Posterior,
    start: Posterior,
    before: Posterior | None,
    sure: Uncertainty | None,
    network: Network,
    findings: Mapping[str, object],
) -> None:
    """The parts that are written only while they are open.

    Headings hold no figures: another heading would be another expander, closed again.
    """
    _on_demand("All figures as a table", "table", partial(table, now, start, before, sure))
    leading = list(now.diagnoses)[:DETAILED]
    _on_demand(
        "Stage and kind of the leading causes",
        "details",
        lambda: "\n\n".join(details(name, now, network) for name in leading),
    )
    _on_demand("Whole stories: which combinations explain this", "stories", partial(stories, now))
    _on_demand(
        "When a structured programme is worth considering",
        "programme",
        lambda: programme(programme_criteria(network, findings, now)),
    )


def _on_demand(title: str, key: str, text: Callable[[], str]) -> None:
    box = st.expander(title, key=key, on_change="rerun")
    if box.open:
        box.markdown(text())


def table(
    now: Posterior, start: Posterior, before: Posterior | None, sure: Uncertainty | None
) -> str:
    """Every figure, for reading out and for those who cannot use the chart.

    Four narrow columns: all are seen at the width of a phone.
    """
    since = "Since start, last step" if before else "Since start"
    head = ["Diagnosis", "Main cause", "Present", since]
    rows = [head, ["---"] * len(head)]
    for name, found in now.diagnoses.items():
        chance = found.main_cause
        interval = between(sure.diagnoses[name].main_cause) if sure else "…"
        figures = [of_100(chance, brief=True), interval, of_100(found.present, brief=True)]
        main, interval, present = (figure.removesuffix(" of 100") for figure in figures)
        changes = [points(chance, p.diagnoses[name].main_cause) for p in (start, before) if p]
        cells = [f"{main} ({interval})", present, ", ".join(changes)]
        rows.append([short(name, now.labels), *cells])
    lines = [f"| {' | '.join(row)} |" for row in rows]
    steps = ", and since the last step" if before else ""
    told = (
        "In patients of 100; in brackets the 95 % interval. The last column is the change of the "
        f"main cause since no finding was entered{steps}."
    )
    return "\n".join([*lines, "", told])


def details(name: str, now: Posterior, network: Network) -> str:
    """Grades and kinds of one diagnosis."""
    found = now.diagnoses[name]
    frequency = f"Main cause in {of_100(found.main_cause)}, present in {of_100(found.present)}."
    lines = [f"**{short(name, now.labels)}**. {frequency}"]
    grades = {grade: p for grade, p in found.states.items() if grade != "absent"}
    if len(grades) > 1:
        variable = network.variable(name)
        told = [f"{variable.state_label(grade)} {percent(p)}" for grade, p in grades.items()]
        lines.append(f"Stage or grade: {listed(told)}.")
    labels = {kind.id: kind.label for kind in network.kinds_of(name)}
    if len(found.kinds) > 1 and found.present > 0:
        kinds = sorted(found.kinds.items(), key=lambda kind: -kind[1])
        shares = [f"- {labels[kind]}: {percent(p / found.present)}" for kind, p in kinds]
        lines += ["If it is present, which kind?", "\n".join(shares)]
    return "\n\n".join(lines)


def stories(now: Posterior) -> str:
    """The most probable sets of diagnoses; each excludes the others."""
    lines = []
    for story in now.explanations[:STORIES]:
        names = [in_sentence(short(d, now.labels)) for d in story.diagnoses]
        told = listed(names) if names else "none of these diagnoses"
        alone = " alone" if len(names) == 1 else ""
        lines.append(f"- {told[:1].upper()}{told[1:]}{alone}: {of_100(story.probability)}")
    rest = 1 - sum(story.probability for story in now.explanations[:STORIES])
    lines.append(f"- Any other combination: {of_100(max(rest, 0.0))}")
    return "\n".join(lines)


def programme(criteria: Sequence[Criterion]) -> str:
    """Each criterion for a structured programme with its answer, those that are met first."""
    order = list(ANSWERS)
    rows = sorted(criteria, key=lambda c: order.index(c.met))
    met = sum(c.met is True for c in criteria)
    told = [f"{met} of {len(criteria)} criteria are met by what was entered.", ""]
    told += [f"- **{ANSWERS[c.met]}:** {c.text}" for c in rows]
    caveat = (
        "The criteria are one text's view; no study that tests a programme is among the sources."
    )
    return "\n".join([*told, "", caveat])
