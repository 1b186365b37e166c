"""What would change the picture most, with a button for each result."""

from __future__ import annotations

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.value import FindingValue
from bme_bayes.ui import charts, session
from bme_bayes.ui.words import GROUPS, answer, in_sentence, percent, short

SHOWN = 5
LEADING = "leading"
ONE = "one"
AIMS = {"all": "Whole picture", "dangerous": "Must not be missed", ONE: "One diagnosis"}


def draw() -> None:
    """Findings not yet known that would change the picture most."""
    model = session.current_model()
    used = session.current_split().used
    try:
        now = model.posterior(used)
    except Contradiction:
        return
    st.subheader("What would change this most", anchor=False)
    aim, diagnosis = _aim(now)
    ranked = model.next_findings(used, diagnosis if aim == ONE else aim).findings
    kinds = _groups(ranked)
    shown = [f for f in ranked if f.group in kinds or not kinds][:SHOWN]
    if not shown:
        st.caption("Nothing is left to be asked in these groups.")
        return
    answers = {(f.id, s): answer(model.network.variable(f.id), s) for f in shown for s in f.results}
    colors = charts.palette(st.context.theme.type)
    spec = charts.next_steps_spec(shown, diagnosis, now, answers, colors)
    name = in_sentence(short(diagnosis, now.labels))
    st.markdown(f"How likely **{name}** would be as the main cause, after each result:")
    session.chart(spec, "next_chart")
    st.caption(
        "Orange mark: now. Round: present, or the most marked result. Square: absent or normal. "
        "Click a result to enter it; undo takes it back."
    )
    for rank, finding in enumerate(shown, 1):
        _results(rank, finding, diagnosis, model.network)


def _aim(now: Posterior) -> tuple[str, str]:
    """What the findings are ranked by, and the diagnosis whose probability is shown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        aim = st.segmented_control(
            "Most telling about",
            list(AIMS),
            format_func=AIMS.__getitem__,
            default="all",
            required=True,
            key="aim",
            persist_state="session",
            wrap=True,
        )
        options = [LEADING, *now.diagnoses]
        shown = st.selectbox(
            "Effect shown on",
            options,
            key="shown_for",
            persist_state="session",
            width=210,
            format_func=lambda d: "Leading diagnosis" if d == LEADING else short(d, now.labels),
        )
    return aim or "all", now.leader if shown not in now.diagnoses else str(shown)


def _groups(ranked: tuple[FindingValue, ...]) -> list[str]:
    here = [g for g in GROUPS if any(f.group == g for f in ranked)]
    return st.pills(
        "Only from",
        here,
        selection_mode="multi",
        format_func=lambda g: GROUPS[g],
        key="only_from",
        persist_state="session",
    )


def _results(rank: int, finding: FindingValue, diagnosis: str, network: Network) -> None:
    variable = network.variable(finding.id)
    lead = " · :orange-badge[can change the leading diagnosis]" if finding.changes_lead else ""
    st.markdown(f"**{rank}\\. {finding.label}**{lead}")
    with st.container(horizontal=True, gap="xsmall"):
        for result, after in finding.results.items():
            st.button(
                f"{answer(variable, result)} → {percent(after.diagnoses[diagnosis])}",
                key=f"next:{finding.id}:{result}",
                help=f"Result in {percent(after.probability)} of patients like this; enter it",
                on_click=session.choose,
                args=(variable, result),
            )
