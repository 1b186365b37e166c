"""Lesson: findings that go together must not be counted as if each came alone."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.questions.words import in_sentence, of_100, percent
from bme_bayes.ui import charts
from bme_bayes.ui.guard import chart
from bme_bayes.ui.lesson_numbers import step_by_step
from bme_bayes.ui.model import model
from bme_bayes.ui.row_charts import Row, line_chart
from bme_bayes.ui.state import DEFAULT_SETTING
from bme_bayes.ui.words import finding_and_answer, short

EXAMPLES = {
    "Signs of inflammation and infection": (
        "knee",
        "infection",
        "systemic_inflammation",
        ("crp", "esr", "leukocytosis", "systemic_signs"),
    ),
    "Joint inflammation and arthritis": (
        "knee",
        "inflammatory_arthritis",
        "joint_inflammation",
        ("synovitis", "joint_effusion", "redness_swelling", "morning_stiffness"),
    ),
    "How bad it hurts and stress injury": (
        "ankle_foot",
        "bone_stress_injury",
        "severity",
        ("limp", "cannot_bear_weight", "pain_after_activity", "night_pain"),
    ),
}


def draw() -> None:
    """Enter findings that go together one by one; two ways of counting them."""
    st.subheader("Counted twice: findings that go together", anchor=False)
    name = st.selectbox("Example", list(EXAMPLES), key="lesson_twice", persist_state="session")
    region, diagnosis, process, offered = EXAMPLES[name]
    current = model(region, DEFAULT_SETTING)
    network = current.network
    chosen = st.pills(
        "Findings, in the order in which they come in",
        offered,
        selection_mode="multi",
        default=offered,
        format_func=lambda f: finding_and_answer(network.variable(f), _result(network, f)),
        key=f"lesson_twice:{name}",
        persist_state="session",
    )
    results = [(f, _result(network, f)) for f in chosen]
    live, alone = step_by_step(current.engine, diagnosis, {}, results)
    steps = ["Before", *(f"After {number}" for number in range(1, len(chosen) + 1))]
    colors = charts.palette(st.context.theme.type)
    pairs = [("As if each came alone", alone, colors.mark), ("The model", live, colors.strong)]
    rows: list[Row] = [
        {"series": series, "step": step, "value": value}
        for series, values, _ in pairs
        for step, value in zip(steps, values, strict=True)
    ]
    label = in_sentence(short(diagnosis, {v.id: v.label for v in network.diagnoses}))
    said = "; ".join(f"{r['series']}, {r['step']}: {percent(r['value'])}" for r in rows)
    about = f"Line chart of the chance of {label} as findings come in. {said}."
    st.markdown(f"Chance of **{label}** as the findings come in:")
    chart(line_chart(rows, [(s, c) for s, _, c in pairs], about, colors), "lesson_twice_chart")
    if results:
        told = [finding_and_answer(network.variable(f), s) for f, s in results]
        _table(told, alone, live)
    _moral(in_sentence(network.variable(process).label))


def _table(told: list[str], alone: list[float], live: list[float]) -> None:
    """The two chances after each finding."""
    lines = ["| | After | As if each came alone | The model |", "|---|---|---|---|"]
    lines += [
        f"| {number} | {text} | {of_100(one)} | {of_100(both)} |"
        for number, (text, one, both) in enumerate(zip(told, alone[1:], live[1:], strict=True), 1)
    ]
    st.markdown("\n".join(lines))


def _result(network: Network, finding: str) -> str:
    """The most marked result of a finding."""
    return network.variable(finding).states[-1]


def _moral(process: str) -> None:
    st.info(
        "These findings rise and fall together: the model puts one process behind them "
        f"({process}), so the second repeats part of the "
        "first. And other diseases that show the first also show the second. Who multiplies their "
        "likelihood ratios counts the same thing more than once and becomes too sure."
    )
