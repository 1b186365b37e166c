"""The page's title, with region and clinical setting."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from bme_bayes.network import REGIONS
from bme_bayes.reading import region_label
from bme_bayes.ui import session, state
from bme_bayes.ui.model import setting_labels


def draw() -> None:
    """Choose the region and the setting; findings that do not apply are set aside."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title("Marrow edema explorer", anchor=False, width="stretch")
        with st.container(horizontal=True, vertical_alignment="top", gap="medium", width="content"):
            _region()
            _setting()


def _region() -> None:
    key = session.control(session.REGION)
    st.segmented_control(
        "Region",
        list(REGIONS.values()),
        default=session.explorer().case.region,
        format_func=region_label,
        required=True,
        key=key,
        on_change=_take_region,
        args=(key,),
    )


def _setting() -> None:
    key, labels = session.control(session.SETTING), setting_labels()
    known, setting = list(labels), session.explorer().case.setting
    st.selectbox(
        "Clinical setting",
        known,
        index=known.index(setting) if setting in known else None,
        format_func=labels.__getitem__,
        key=key,
        on_change=_take_setting,
        args=(key,),
        width=300,
        help="Where the patient was seen decides how common each cause is before any finding.",
    )


def _take_region(key: str) -> None:
    chosen = st.session_state.get(key)

    def move(present: state.Explorer) -> state.Explorer:
        return state.step(present, replace(present.case, region=chosen or present.case.region))

    session.change_by(session.REGION, key, move)


def _take_setting(key: str) -> None:
    chosen = st.session_state.get(key)

    def move(present: state.Explorer) -> state.Explorer:
        return state.step(present, replace(present.case, setting=chosen or present.case.setting))

    session.change_by(session.SETTING, key, move)
