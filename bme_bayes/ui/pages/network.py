"""The page of the network and its sources: graph, numbers, cards, terms, questions, sources."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from bme_bayes.network import REGIONS, Network
from bme_bayes.ui import number_link, session
from bme_bayes.ui.guard import DISCLAIMER, guarded
from bme_bayes.ui.model import model, setting_labels
from bme_bayes.ui.number_link import NUMBERS, REGION, SETTING, VIEW
from bme_bayes.ui.parts import choosers, net_cards, net_map, net_numbers, net_sources
from bme_bayes.ui.state import Case

SEEN = "net_seen"
VIEWS: dict[str, Callable[[Network], None]] = {
    "Graph": net_map.draw,
    "One finding": net_numbers.one,
    NUMBERS: net_numbers.draw,
    "Sources": net_sources.draw,
    "Cards": net_cards.draw,
    "Questions": net_cards.questions,
    "Terms": net_cards.terms,
    "Overview": net_cards.covered,
}


def _follow_explorer(case: Case) -> None:
    """Show the region and setting of the explorer's case at first and whenever they change."""
    seen = st.session_state.get(SEEN)
    for key, was, now in zip(
        (REGION, SETTING), seen or (None, None), (case.region, case.setting), strict=True
    ):
        if key not in st.session_state or (seen and was != now):
            st.session_state[key] = now
    st.session_state[SEEN] = (case.region, case.setting)


def _draw() -> None:
    labels = setting_labels()
    number_link.follow(tuple(REGIONS.values()), tuple(labels))
    case = session.explorer().case
    _follow_explorer(case)
    st.session_state.setdefault(VIEW, "Graph")
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        region = choosers.region(REGION, case.region)
        setting = choosers.setting("Clinical setting", labels, SETTING)
    view = st.pills(
        "Show",
        list(VIEWS),
        required=True,
        key=VIEW,
        persist_state="session",
        wrap=True,
        label_visibility="collapsed",
    )
    network = model(region, setting).network
    guarded(VIEWS[view or "Graph"], network)
    st.caption(f"{DISCLAIMER} Model version {network.version}.")


st.title("Network and sources", anchor=False)
guarded(_draw)
