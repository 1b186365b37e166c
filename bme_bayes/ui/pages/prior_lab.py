"""The Prior lab, for researchers: other base rates and links, and what they change."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from bme_bayes.ui import lab_session
from bme_bayes.ui.guard import DISCLAIMER, guarded
from bme_bayes.ui.parts import (
    lab_case,
    lab_choose,
    lab_counts,
    lab_edit,
    lab_effects,
    lab_files,
    lab_two,
)

VIEW = "lab_view"
View = Callable[[str, str, str], None]


def _edit(region: str, setting: str, baseline: str) -> None:
    left, right = st.columns([3, 2], gap="large")
    with right:
        notices = st.container()
    with left:
        lab_choose.needs_own(setting)
        guarded(lab_edit.draw, region, setting, notices)
    with right:
        guarded(_possible, lab_effects.draw, region, setting, baseline)


def _possible(draw: View, region: str, setting: str, baseline: str) -> None:
    """Draw a part; numbers that no population of patients can have become a message."""
    try:
        draw(region, setting, baseline)
    except lab_session.Impossible:
        st.error(
            "No population of patients has these numbers together, so there is no answer to show. "
            "Undo the last change, or let the others give way."
        )


VIEWS: dict[str, View] = {
    "Edit and see": _edit,
    "One case": lab_case.draw,
    "Two settings": lab_two.draw,
    "Local counts": lab_counts.draw,
    "Save and load": lab_files.draw,
}


def _draw() -> None:
    region, setting, baseline = lab_choose.draw()
    view = st.pills(
        "Show",
        list(VIEWS),
        default="Edit and see",
        required=True,
        key=VIEW,
        persist_state="session",
        wrap=True,
        label_visibility="collapsed",
    )
    guarded(_possible, VIEWS[view or "Edit and see"], region, setting, baseline)
    version = lab_session.network_of(region, setting).version
    st.caption(f"{DISCLAIMER} Model version {version}.")


st.title("Prior lab", anchor=False)
st.markdown(
    "For researchers: what if the numbers were different? Copy a setting, change its base rates "
    "or links, and see what that does to known cases."
)
guarded(_draw)
