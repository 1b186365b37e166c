"""The Teach page: cases played step by step, and lessons on the live model."""

from __future__ import annotations

import streamlit as st

from bme_bayes.ui import teach_session as session
from bme_bayes.ui.guard import DISCLAIMER, guarded
from bme_bayes.ui.parts import teach_choose, teach_debrief, teach_lessons, teach_round, teach_scores

CASES, LESSONS = "Cases", "Lessons"


def _cases() -> None:
    now = session.play()
    if now is None:
        teach_choose.draw()
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{now.case.title}**", width="stretch")
            st.button(
                "Another case" if now.shown else "Leave this case",
                key="teach_again" if now.shown else "teach_leave",
                icon=":material/arrow_forward:" if now.shown else ":material/close:",
                on_click=session.set_play,
                args=(None,),
            )
        if now.shown:
            teach_debrief.draw(now)
        elif now.finished:
            teach_debrief.hidden(now)
        else:
            teach_round.draw(now)
    teach_scores.draw()


with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    st.title("Learn and teach", anchor=False, width="stretch")
    shown = st.segmented_control(
        "Show",
        [CASES, LESSONS],
        default=CASES,
        required=True,
        key="teach_view",
        persist_state="session",
        label_visibility="collapsed",
    )
    st.toggle(
        "For a projector",
        key=session.PROJECTOR,
        persist_state="session",
        help="The model and the diagnosis stay hidden until you reveal them at the end of a case.",
    )
guarded(teach_lessons.draw if shown == LESSONS else _cases)
lost = session.play() or session.results() or session.cases_loaded()
st.caption(f"{session.KEPT} {DISCLAIMER}" if lost else DISCLAIMER)
