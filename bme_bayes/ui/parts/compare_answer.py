"""The answers of the scenarios side by side, and what they differ in."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.posterior import Posterior
from bme_bayes.questions.red_flags import red_flags
from bme_bayes.questions.words import in_sentence
from bme_bayes.reading import region_label
from bme_bayes.ui import charts, comparison, lab_session, state
from bme_bayes.ui.comparison import Scenario
from bme_bayes.ui.guard import chart, excluding, literal
from bme_bayes.ui.model import catalogue
from bme_bayes.ui.parts.compare_columns import network_of
from bme_bayes.ui.words import UNKNOWN, answer, listed

MAIN, PRESENT = "Main cause", "Present at all"
VIEW = "compare_view"


def used_of(scenario: Scenario) -> dict[str, str]:
    """The findings of a scenario that count in its region."""
    return dict(state.split(scenario.case, network_of(scenario.case)).used)


def draw(scenarios: dict[str, Scenario], different: list[str]) -> None:
    """Chart and table of all scenarios, then their differences."""
    answers: dict[str, Posterior] = {}
    for letter, scenario in scenarios.items():
        case = scenario.case
        try:
            model = lab_session.model_of(case.region, case.setting)
            answers[letter] = model.posterior(used_of(scenario))
        except Contradiction as error:
            st.error(f"In {letter}, {excluding(error)} exclude each other, so it has no answer.")
        except lab_session.Impossible:
            st.error(
                f"No population of patients has the edited numbers of {letter} together, so it has "
                "no answer. Change them in the Prior lab."
            )
    if answers:
        _answers(answers, scenarios)
    _flags(scenarios)
    _differences(scenarios, different)


def _answers(answers: dict[str, Posterior], scenarios: dict[str, Scenario]) -> None:
    names = comparison.labels([network_of(scenarios[x].case) for x in answers])
    st.subheader("What each makes likely", anchor=False)
    view = st.segmented_control(
        "Show",
        [MAIN, PRESENT],
        default=MAIN,
        required=True,
        key=VIEW,
        persist_state="session",
        label_visibility="collapsed",
    )
    present = view == PRESENT
    colors = charts.palette(st.context.theme.type)
    chart(comparison.chart_spec(answers, names, present, colors), "compare_chart")
    shapes = ("circle", "square", "diamond", "triangle")
    told = [f"{x}: {shapes[comparison.LETTERS.index(x)]}" for x in answers]
    st.caption(f"{', '.join(told)}. Causes under 2 of 100 in all are in the table only.")
    first = next(iter(answers))
    _table(["Diagnosis", *answers], comparison.rows(answers, names, present))
    if len(answers) > 1:
        st.caption(f"In brackets: the difference from {first}, in patients of 100.")


def _table(head: list[str], rows: list[list[str]]) -> None:
    """A table that scrolls sideways where the page is narrow."""
    cells = [[f"\\{c}" if c.startswith(">") else c for c in row] for row in rows]  # no quotation
    st.table(pd.DataFrame(cells, columns=head).set_index(head[0]), border="horizontal")


def _flags(scenarios: dict[str, Scenario]) -> None:
    """Red flags of each scenario; they hold whatever the figures say."""
    raised: dict[str, list[str]] = {}
    for letter, scenario in scenarios.items():
        try:
            found = red_flags(network_of(scenario.case), state.findings(used_of(scenario)))
        except Contradiction:
            continue
        for flag in found:
            raised.setdefault(flag.text, []).append(letter)
    if raised:
        lines = [f"- **{listed(who)}:** {text}" for text, who in raised.items()]
        st.error("\n".join(lines), title="Red flags", icon=":material/emergency_home:")


def _differences(scenarios: dict[str, Scenario], different: list[str]) -> None:
    if len(scenarios) < 2:
        return
    st.subheader("What is different", anchor=False)
    labels, known = lab_session.labels(), catalogue()
    rows = [
        ["Region", *(region_label(s.case.region) for s in scenarios.values())],
        ["Clinical setting", *(literal(labels[s.case.setting]) for s in scenarios.values())],
    ]
    rows = [row for row in rows if len(set(row[1:])) > 1]
    for finding in different:
        variable = known[finding]
        choices = [used_of(s).get(finding, UNKNOWN) for s in scenarios.values()]
        rows.append([variable.label, *(in_sentence(answer(variable, c)) for c in choices)])
    if not rows:
        st.markdown("Nothing: all scenarios are the same. Change a finding or a setting in one.")
        return
    _table(["Differs", *scenarios], rows)
