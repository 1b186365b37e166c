"""What would change the picture most: single findings to try by a click, or whole tests."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.battery import awaiting_mri, possible_tests
from bme_bayes.questions.value import FindingValue
from bme_bayes.questions.words import in_sentence, percent
from bme_bayes.ui import charts, session, suggestions
from bme_bayes.ui.model import Model
from bme_bayes.ui.parts import aims
from bme_bayes.ui.reason_charts import tests_spec
from bme_bayes.ui.words import answer, short

SHOWN = 5
MRI_AS_A_WHOLE = "MRI is not done yet: what it would tell as a whole is under “Whole tests”."


def draw(model: Model, used: Mapping[str, str], now: Posterior) -> None:
    """Findings or tests not yet known that would change the picture most."""
    aim = aims.choose(now, model.network)
    if aim.by_test:
        _tests(model, used, aim)
    else:
        _findings(model, used, now, aim)


def _findings(model: Model, used: Mapping[str, str], now: Posterior, aim: aims.Aim) -> None:
    ranked = model.next_findings(used, aim.target).findings
    allowed = suggestions.findings_within(model.network, aim.burden, aim.tests)
    waiting = awaiting_mri(model.network, used)
    shown = [f for f in ranked if f.id in allowed - waiting][:SHOWN]
    if waiting:
        st.caption(MRI_AS_A_WHOLE)
    if not shown:
        st.caption("Nothing is left to be asked within these limits.")
        return
    name = in_sentence(short(aim.diagnosis, now.labels))
    answers = {(f.id, s): answer(model.network.variable(f.id), s) for f in shown for s in f.results}
    colors = charts.palette(st.context.theme.type)
    spec = charts.next_steps_spec(shown, aim.diagnosis, now, answers, colors)
    st.markdown(f"How likely **{name}** would be as the main cause, after each result:")
    session.chart(spec, "next_chart")
    st.caption(
        "Orange mark: now. Round: present, or the most marked result. Square: absent or normal. "
        "Click a result to enter it; undo takes it back. In brackets: how often the result comes "
        "in patients like this."
    )
    for rank, finding in enumerate(shown, 1):
        _results(rank, finding, aim.diagnosis, model.network)


def _results(rank: int, finding: FindingValue, diagnosis: str, network: Network) -> None:
    variable = network.variable(finding.id)
    lead = " · :orange-badge[can change the leading diagnosis]" if finding.changes_lead else ""
    st.markdown(f"**{rank}\\. {finding.label}**{lead}")
    with st.container(horizontal=True, gap="xsmall"):
        for result, after in finding.results.items():
            told = f"{answer(variable, result)} → {percent(after.diagnoses[diagnosis])}"
            st.button(
                f"{told} ({percent(after.probability)})",
                key=f"next:{finding.id}:{result}",
                on_click=session.choose,
                args=(variable, result),
            )


def _tests(model: Model, used: Mapping[str, str], aim: aims.Aim) -> None:
    possible = tuple(t.id for t in possible_tests(model.network, used))
    with st.spinner("Working out what whole tests would tell …"):
        panel = model.ask("tests", used, Engine.next_tests, target=aim.target, tests=possible)
    shown = [
        t for t in panel.tests if t.burden <= aim.burden and (t.id in aim.tests or not aim.tests)
    ]
    if not shown:
        st.caption("No test is left within these limits.")
        return
    colors = charts.palette(st.context.theme.type)
    session.chart(tests_spec(shown, colors), "tests_chart")
    st.caption(
        "How much all findings of a test tell together, compared with the most telling test."
    )
    st.markdown(suggestions.tests_table(shown))
    waiting = awaiting_mri(model.network, used)
    single = {t.id: t.label for t in shown if not waiting.issuperset(t.findings)}
    st.pills(
        "Show the single findings of",
        list(single),
        format_func=single.__getitem__,
        key="test_shown",
        on_change=aims.take_test,
        args=("test_shown",),
    )
