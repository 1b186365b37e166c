"""Links from anywhere in the app to one number, its interval and its sources."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Number
from bme_bayes.ui.navigation import PAGES
from bme_bayes.ui.number_table import key_of

REGION, SETTING, VIEW, SEARCH = "net_region", "net_setting", "net_view", "net_search"
KINDS, BASIS = "net_kinds", "net_basis"
NUMBERS = "All numbers"
LINK = ("number", "region", "setting")


def draw(number: Number, region: str, setting: str, label: str) -> None:
    """A link to the network page with this number searched for; it can be opened in a new tab."""
    st.page_link(
        PAGES / "network.py",
        label=label,
        icon=":material/database_search:",
        query_params=query(key_of(number), region, setting),
    )


def query(words: str, region: str, setting: str) -> dict[str, str]:
    """The query parameters of such a link; `words` may be anything that can be searched for."""
    return dict(zip(LINK, (words, region, setting), strict=True))


def search(words: str) -> None:
    """Callback on the network page: show all numbers that fit these words."""
    st.session_state[VIEW] = NUMBERS
    st.session_state[SEARCH] = words
    for name in (KINDS, BASIS):
        st.session_state.pop(name, None)


def follow(regions: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Do what a link asks for, once, and take it out of the address; what is unknown is left."""
    words, region, setting = (st.query_params.get(name) for name in LINK)
    if words is None:
        return
    for name in LINK:
        st.query_params.pop(name, None)
    search(words[:200])
    if region in regions:
        st.session_state[REGION] = region
    if setting in settings:
        st.session_state[SETTING] = setting
