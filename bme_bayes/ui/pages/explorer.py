"""The Explorer page: what is likely, what is dangerous, what next, why, how sure."""

from __future__ import annotations

import streamlit as st

from bme_bayes.ui import session
from bme_bayes.ui.parts import (
    answer,
    entered,
    findings,
    footer,
    panel,
    report_download,
    summary,
    toolbar,
    top,
)
from bme_bayes.ui.state import grouped
from bme_bayes.ui.words import GROUPS

FIRST_OPEN = "patient"

toolbar.draw()
session.area(session.TOP, top.draw)
session.area(session.SUMMARY, summary.draw)
enter, read = st.columns([11, 13], gap="large")
with enter:
    st.subheader("Findings", anchor=False)
    session.area(session.SEARCH, findings.search_box)
    session.area(session.ENTERED, entered.draw)
    groups = grouped(session.current_model().network)
    for name in [*GROUPS, *groups.keys() - GROUPS.keys()]:
        if name in groups:
            session.area(
                session.area_of(name), findings.group, name, groups[name], name == FIRST_OPEN
            )
with read:
    session.area(session.ANSWER, answer.draw)
    session.area(session.PANEL, panel.draw)
session.area(session.REPORT, report_download.draw)
footer.draw()
