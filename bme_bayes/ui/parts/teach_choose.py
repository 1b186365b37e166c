"""Choosing a case to learn from."""

from __future__ import annotations

import random

import streamlit as st

from bme_bayes.network import REGIONS
from bme_bayes.reading import region_label
from bme_bayes.ui import teach_session as session
from bme_bayes.ui.parts import teach_own
from bme_bayes.ui.teach_cases import TeachCase

ANY = "any"
REGION, LEVEL, PICK = "teach_region", "teach_level", "teach_pick"
LEVELS = {
    ANY: "Any",
    "typical": "Typical",
    "atypical": "Atypical",
    "deceptive": "Deceptive",
}


def draw() -> None:
    """The choice of a case."""
    st.markdown(
        "You are given the start of a real patient's story. Say what you think, ask for what you "
        "want to know next, and compare yourself with the model at each step."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Region",
            [ANY, *REGIONS.values()],
            format_func=lambda r: "Any" if r == ANY else region_label(r),
            default=ANY,
            required=True,
            key=REGION,
            persist_state="session",
            wrap=True,
        )
        st.segmented_control(
            "Difficulty",
            list(LEVELS),
            format_func=LEVELS.__getitem__,
            default=ANY,
            required=True,
            key=LEVEL,
            persist_state="session",
            wrap=True,
        )
    found = [c for c in session.cases() if _fits(c)]
    if not found:
        st.info("No case fits. Choose another region or difficulty.")
    else:
        _start(found)
    teach_own.draw()


def _fits(case: TeachCase) -> bool:
    region, level = st.session_state.get(REGION), st.session_state.get(LEVEL)
    return region in (None, ANY, case.region) and level in (None, ANY, case.difficulty)


def _start(found: list[TeachCase]) -> None:
    by_title = {c.title: c for c in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.selectbox("Case", list(by_title), key=PICK, width=420)
        st.button(
            "Start this case",
            key="teach_start",
            icon=":material/play_arrow:",
            on_click=session.begin,
            args=(by_title[title],),
        )
        st.button(
            "Start any case",
            key="teach_any",
            icon=":material/shuffle:",
            help="A case of this choice that you have not played yet",
            on_click=_any,
            args=(found,),
        )
    if len(found) > 1:
        st.caption(f"{len(found)} cases. Their order says nothing of the diagnosis.")


def _any(found: list[TeachCase]) -> None:
    played = st.session_state.get(session.PLAYED, frozenset())
    fresh = [c for c in found if c.title not in played] or found
    session.begin(random.choice(fresh))
