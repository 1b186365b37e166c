"""Lesson: some findings that are always asked for do not change the picture."""

from __future__ import annotations

import streamlit as st

from bme_bayes.questions.value import FindingValue, Result
from bme_bayes.questions.words import in_sentence, percent
from bme_bayes.ui import charts
from bme_bayes.ui.guard import chart
from bme_bayes.ui.model import Model, model
from bme_bayes.ui.words import answer, short
from bme_bayes.ui.worked import WORKED

KEY = "lesson_idle"
TELLING, OPTIONS = 3, ("symptom", "examination", "risk", "laboratory")


def draw() -> None:
    """Which of four findings would change the picture least? Then the answer."""
    st.subheader("One of these does not matter", anchor=False)
    by_id = {w.id: w for w in WORKED}
    chosen = st.selectbox(
        "Patient",
        list(by_id),
        format_func=lambda w: by_id[w].title,
        key=f"{KEY}_patient",
        persist_state="session",
    )
    worked = by_id[chosen]
    current = model(worked.case.region, worked.case.setting)
    kept = {f: c for f, c in worked.case.findings if c != "probable"}
    offered = _offered(current, kept)
    st.markdown(worked.story)
    by_label = {f.id: f for f in sorted(offered, key=lambda f: f.label)}
    guess = st.radio(
        "Which of these would change the picture least?",
        list(by_label),
        index=None,
        format_func=lambda f: by_label[f].label,
        key=f"{KEY}:{chosen}",
        persist_state="session",
    )
    if guess is not None:
        _revealed(current, kept, offered, guess)


def _offered(current: Model, kept: dict[str, str]) -> list[FindingValue]:
    """The most telling findings a clinician can ask for, and the idlest, most telling first."""
    ranked = current.next_findings(kept, "all").findings
    askable = [f for f in ranked if f.group in OPTIONS]
    # Rare results are idle for another reason: nobody expects them.
    common = [f for f in askable if max(r.probability for r in f.results.values()) < 0.9]
    return [*askable[:TELLING], (common or askable)[-1]]


def _revealed(
    current: Model, kept: dict[str, str], offered: list[FindingValue], guess: str
) -> None:
    now = current.posterior(kept)
    idle = offered[-1]
    answers = {
        (f.id, s): answer(current.network.variable(f.id), s) for f in offered for s in f.results
    }
    right = f"**{idle.label}** says least"
    st.markdown(f"Yes: {right}." if guess == idle.id else f"Not quite: {right}.")
    leader = now.leader
    label = in_sentence(short(leader, now.labels))
    st.markdown(f"How likely **{label}** would be as the main cause after each result:")
    colors = charts.palette(st.context.theme.type)
    chart(charts.next_steps_spec(offered, leader, now, answers, colors), f"{KEY}_chart")
    st.caption(
        "Orange mark: now. Round: present, or the most marked result. Square: absent or normal. "
        "The longer the line, the more the finding matters."
    )
    told = [f"{in_sentence(s)}: {percent(r.probability)}" for s, r in _named(idle, answers)]
    st.info(
        f"{idle.label} is about as common whatever the cause ({'; '.join(told)} of patients "
        "like this), so neither result tells the causes apart. A finding may be true, important "
        "for the patient, and still say nothing about the cause."
    )


def _named(idle: FindingValue, answers: dict[tuple[str, str], str]) -> list[tuple[str, Result]]:
    return [(answers[idle.id, s], r) for s, r in idle.results.items()]
