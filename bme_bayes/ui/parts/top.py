"""Above everything: notices, red flags, and the start screen."""

from __future__ import annotations

import streamlit as st

from bme_bayes.questions.red_flags import red_flags
from bme_bayes.ui import session, state
from bme_bayes.ui.state import Explorer
from bme_bayes.ui.words import REGIONS
from bme_bayes.ui.worked import WORKED, WorkedCase


def draw() -> None:
    """Notices of a link, red flags, or the start screen while nothing is entered."""
    for notice in session.explorer().notices:
        st.warning(notice, icon=":material/link:")
    used = session.current_split().used
    if not session.explorer().case.findings:
        _start()
    network = session.current_model().network
    flags = red_flags(network, state.findings(used))
    if flags:
        text = "\n".join(f"- {flag.text}" for flag in flags)
        count = "Red flag" if len(flags) == 1 else f"{len(flags)} red flags"
        st.error(
            text,
            title=f"{count}: act on this whatever the figures say",
            icon=":material/emergency_home:",
        )


def _start() -> None:
    st.markdown(
        "An MRI shows marrow edema: what lies behind it? Enter what you know, in any order; the "
        "list of causes follows each answer. Or open an example (invented patients):"
    )
    for column, worked in zip(st.columns(len(WORKED)), WORKED, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{worked.title}** · {REGIONS[worked.case.region].lower()}")
            st.caption(worked.story)
            st.button(
                "Open this case",
                key=f"worked:{worked.id}",
                icon=":material/play_arrow:",
                on_click=_open,
                args=(worked,),
            )


def _open(worked: WorkedCase) -> None:
    def move(present: Explorer) -> Explorer:
        return state.step(present, worked.case)

    session.change(move)
