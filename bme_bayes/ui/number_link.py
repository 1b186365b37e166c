"""Links from anywhere in the app to one number, its interval and its sources."""

from __future__ import annotations

import streamlit as st

REGION, SETTING, VIEW, SEARCH = "net_region", "net_setting", "net_view", "net_search"
KINDS, BASIS = "net_kinds", "net_basis"
NUMBERS = "All numbers"
LINK = ("number", "region", "setting")


def query(words: str, region: str, setting: str) -> dict[str, str]:
    """Query parameters of a link to the network page with these words searched for.

    `number_table.key_of` gives the words that find one number alone.
    """
    return dict(zip(LINK, (words, region, setting), strict=True))


def search(words: str) -> None:
    """Let the network page show all numbers that fit these words."""
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
