"""What the edited numbers change on a panel of cases."""

from __future__ import annotations

import streamlit as st

from bme_bayes.ui import charts, lab_panel, lab_session
from bme_bayes.ui.guard import chart
from bme_bayes.ui.lab_charts import panel_chart
from bme_bayes.ui.lab_panel import ALL, WORKED_ONLY, Effect, PanelCase
from bme_bayes.ui.model import Model
from bme_bayes.ui.parts.lab_tables import table
from bme_bayes.ui.teach_cases import published
from bme_bayes.ui.teach_session import plain_network

LEVEL = "lab_level"
LEVELS = {
    ALL: "All",
    "typical": "Typical",
    "atypical": "Atypical",
    "deceptive": "Deceptive",
    WORKED_ONLY: "Examples",
}
HEAD = ["Case", "Leads before", "Leads after", "The former leader then", "Changed"]


def cases(region: str) -> tuple[PanelCase, ...]:
    """The panel of a region."""
    return lab_panel.panel(region, published(plain_network))


def draw(region: str, setting: str, baseline: str) -> None:
    """Leaders and main causes of the panel before and after, as words, picture and table."""
    st.subheader("What it changes", anchor=False)
    levels = [x for x in LEVELS if lab_panel.chosen(cases(region), x)]
    if st.session_state.get(LEVEL) not in (None, *levels):
        del st.session_state[LEVEL]
    level = st.pills(
        "Cases",
        levels,
        format_func=LEVELS.__getitem__,
        default=ALL,
        required=True,
        key=LEVEL,
        persist_state="session",
        wrap=True,
        help="Published cases with a confirmed diagnosis, and the invented worked examples",
    )
    some = lab_panel.chosen(cases(region), level or ALL)
    before, after = (lab_session.model_of(region, s) for s in (baseline, setting))
    if before.network.version == after.network.version:
        st.markdown(
            f"Nothing differs yet: {len(some)} cases have the same answer before and after. "
            "Edit a number, or choose another setting to compare with."
        )
        return
    found = _effects(some, before, after)
    _summary(found, region)
    names = {v.id: v.label for v in after.network.diagnoses}
    spec = panel_chart(found, names, charts.palette(st.context.theme.type))
    if spec is None:
        st.markdown("No case moves by 1 of 100 or more.")
    else:
        chart(spec, "lab_panel_chart")
        st.caption(
            "Each row: the diagnosis that led before, as the main cause. Line: before. Dot: after. "
            "≠ another diagnosis leads now. The cases that move most are shown."
        )
    with st.expander(f"All {len(found)} cases as a table", key="lab_panel_all"):
        table(HEAD, lab_panel.table(lab_panel.ranked(found), names))


def _effects(some: tuple[PanelCase, ...], before: Model, after: Model) -> tuple[Effect, ...]:
    versions = (before.network.version, after.network.version)
    name = ("effects", *versions, tuple(c.id for c in some))
    return lab_session.kept_answer(
        name, lambda: lab_panel.effects(some, before.engine, after.engine)
    )


def _summary(found: tuple[Effect, ...], region: str) -> None:
    turned = sum(e.turned for e in found)
    known, was, now = lab_panel.hits(found)
    mean = sum(e.size for e in found) / max(len(found), 1)
    with st.container(horizontal=True):
        st.metric("Another leader", f"{turned} of {len(found)}", border=True)
        st.metric("Mean move", f"{100 * mean:.1f} of 100", border=True,
                  help="How much of the main cause goes from one diagnosis to another")  # fmt: skip
        if known:
            st.metric(
                "Confirmed one leads",
                f"{now} of {known}",
                delta=f"{now - was:+d}" if now != was else None,
                border=True,
                help="Published cases are not a clinic: do not fit base rates to them",
            )
    missing = len(cases(region)) - len(found)
    if missing and not found:
        st.warning("None of these cases can be answered with these numbers.")
