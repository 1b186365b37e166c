"""Lesson: the likelihood ratio, and Fagan's nomogram."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import REGIONS
from bme_bayes.questions.words import in_sentence, of_100, percent
from bme_bayes.reading import region_label
from bme_bayes.ui import charts
from bme_bayes.ui.guard import chart
from bme_bayes.ui.lesson_charts import fagan
from bme_bayes.ui.lesson_numbers import after_ratio, meeting
from bme_bayes.ui.model import model
from bme_bayes.ui.state import DEFAULT_SETTING
from bme_bayes.ui.words import answer, short

RULE = (
    "In odds: chance ÷ (1 − chance). Odds before × likelihood ratio = odds after. A ratio near 1 "
    "changes nothing; above 10 or below 0.1 it changes much. It holds for a patient of whom "
    "nothing else is known: other findings may have said the same already."
)
FIRST = ("hip", "avn", "serpentine_band", "present")


def draw() -> None:
    """Choose a diagnosis and a result; move the chance before; read the chance after."""
    st.subheader("What a result is worth: the likelihood ratio", anchor=False)
    left, right = st.columns([10, 12], gap="large")
    with left:
        region = st.selectbox(
            "Region",
            list(REGIONS.values()),
            format_func=region_label,
            key="lesson_ratio_region",
            persist_state="session",
        )
        before, ratio = _worked(region)
    with right:
        chart(fagan(before, ratio, charts.palette(st.context.theme.type)), "lesson_fagan")
        st.caption(
            "Fagan's nomogram. Left: chance before. Middle: likelihood ratio. Right: chance "
            "after. Lay a straight line through the first two."
        )


def _worked(region: str) -> tuple[float, float]:
    """A result's likelihood ratio at work in words; the chance before it, and the ratio."""
    diagnosis, finding, state = _choice(region)
    current = model(region, DEFAULT_SETTING)
    found = meeting(current.engine, {}, diagnosis, finding, state)
    names = {v.id: v.label for v in current.network.diagnoses}
    label = in_sentence(short(diagnosis, names))
    st.markdown(
        f"Seen in {_rate(found.with_it)} of 100 with {label} and in "
        f"{_rate(found.without_it)} of 100 without it: a **likelihood ratio of "
        f"{found.ratio:.2g}**."
    )
    given = st.slider(
        f"Chance of {label} before the result (the model says {percent(found.present)})",
        1,
        99,
        max(1, min(99, round(found.present * 100))),
        format="%d %%",
        key=f"lesson_ratio_before:{region}:{diagnosis}",
        persist_state="session",
    )
    before = given / 100
    after = after_ratio(before, found.ratio)
    st.markdown(f"**{of_100(before)} before, {of_100(after)} after.**")
    odds = before / (1 - before)
    st.markdown(
        f"Odds before {given} ÷ {100 - given} = {odds:.2g}. Times {found.ratio:.2g} is "
        f"{odds * found.ratio:.2g}: the odds after, and {odds * found.ratio:.2g} ÷ "
        f"{1 + odds * found.ratio:.2g} is {percent(after)}."
    )
    st.caption(RULE)
    return before, found.ratio


def _rate(share: float) -> str:
    """How many of 100, with a decimal where there are few."""
    return f"{share * 100:.0f}" if share >= 0.1 else f"{share * 100:.1f}"


def _choice(region: str) -> tuple[str, str, str]:
    """The diagnosis, the finding and its result."""
    network = model(region, DEFAULT_SETTING).network
    names = {v.id: v.label for v in network.diagnoses}
    diagnosis = st.selectbox(
        "Diagnosis",
        list(names),
        index=list(names).index(FIRST[1]) if FIRST[1] in names else 0,
        format_func=lambda d: short(d, names),
        key=f"lesson_ratio_diagnosis:{region}",
        persist_state="session",
    )
    findings = [v.id for v in network.of_role("risk", "finding")]
    finding = st.selectbox(
        "Finding",
        findings,
        index=findings.index(FIRST[2]) if FIRST[2] in findings else 0,
        format_func=lambda f: network.variable(f).label,
        key=f"lesson_ratio_finding:{region}",
        persist_state="session",
    )
    variable = network.variable(finding)
    state = st.segmented_control(
        "Result",
        variable.states,
        format_func=lambda s: answer(variable, s),
        default=variable.states[-1],
        required=True,
        key=f"lesson_ratio_state:{finding}",
        persist_state="session",
        wrap=True,
    )
    return diagnosis, finding, state or variable.states[-1]
