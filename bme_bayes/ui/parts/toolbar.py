"""The page's title, with region and clinical setting."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from bme_bayes.ui import session, state
from bme_bayes.ui.model import regions, setting_labels
from bme_bayes.ui.words import REGIONS

REGION, SETTING = "pick_region", "pick_setting"


def draw() -> None:
    """Choose the region and the setting; findings that do not apply are set aside."""
    case = session.explorer().case
    session.follow(REGION, case.region)
    session.follow(SETTING, case.setting)
    labels = setting_labels()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.title("Marrow edema explorer", anchor=False, width="stretch")
        st.segmented_control(
            "Region",
            regions(),
            format_func=lambda region: REGIONS[region],
            required=True,
            key=REGION,
            on_change=_take,
        )
        st.selectbox(
            "Clinical setting",
            list(labels),
            format_func=lambda setting: labels[setting],
            key=SETTING,
            on_change=_take,
            width=300,
            help="Where the patient was seen decides how common each cause is before any finding.",
        )


def _take() -> None:
    region, setting = st.session_state[REGION], st.session_state[SETTING]

    def move(present: state.Explorer) -> state.Explorer:
        case = replace(
            present.case,
            region=region or present.case.region,
            setting=setting or present.case.setting,
        )
        return state.step(present, case)

    session.change(move)
