"""Above everything: notices, red flags, and the start screen."""

from __future__ import annotations

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.questions.red_flags import LabelWarning, label_warnings, red_flags
from bme_bayes.reading import region_label
from bme_bayes.ui import session, state
from bme_bayes.ui.parts import references
from bme_bayes.ui.state import Explorer
from bme_bayes.ui.worked import WORKED, WorkedCase


def draw() -> None:
    """Notices of a link, red flags, or the start screen while nothing is entered."""
    for notice in session.explorer().notices:
        st.warning(notice, icon=":material/link:")
    if not session.explorer().case.findings:
        _start()
    network = session.current_model().network
    flags = red_flags(network, state.findings(session.current_split().used))
    if flags:
        count = "Red flag" if len(flags) == 1 else f"{len(flags)} red flags"
        st.error(
            "\n".join(f"- {flag.text}" for flag in flags),
            title=f"{count}: act on this whatever the figures say",
            icon=":material/emergency_home:",
        )
    doubts = _doubts()
    if doubts:
        st.warning(
            "\n".join(f"- {doubt.text}" for doubt in doubts),
            title="Before calling it a bone marrow edema syndrome",
            icon=":material/rule:",
        )
    if flags or doubts:
        said = [(f.text, f.source) for f in flags] + [(d.text, d.source) for d in doubts]
        references.popover(network, said, "rule_sources", "Where this comes from")


def _doubts() -> tuple[LabelWarning, ...]:
    """Reasons against the syndrome where it leads and something has been entered."""
    used = session.current_split().used
    model = session.current_model()
    if not used:
        return ()
    try:
        now = model.posterior(used)
    except Contradiction:
        return ()
    return label_warnings(model.network, state.findings(used), now)


def _start() -> None:
    st.markdown(
        "An MRI shows marrow edema: what lies behind it? Enter what you know, in any order; the "
        "list of causes follows each answer. Or open an example (invented patients):"
    )
    for column, worked in zip(st.columns(len(WORKED)), WORKED, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.caption(f"{region_label(worked.case.region)}. {worked.story}")
            st.button(
                worked.title,
                key=f"worked:{worked.id}",
                icon=":material/play_arrow:",
                on_click=_open,
                args=(worked,),
            )


def _open(worked: WorkedCase) -> None:
    def move(present: Explorer) -> Explorer:
        return state.step(present, worked.case)

    session.change(move)
