"""From a number on the Explorer to the same number and its sources among all numbers."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network, Number
from bme_bayes.ui.navigation import PAGES
from bme_bayes.ui.number_table import among
from bme_bayes.ui.parts.net_numbers import BASIS, KINDS, SEARCH
from bme_bayes.ui.state import Case

REGION, SETTING, VIEW = "net_region", "net_setting", "net_view"
ALL_NUMBERS = "All numbers"


def words(number: Number, network: Network) -> str:
    """Words that find a number in the table of all numbers."""
    child = network.variables.get(number.child)
    return f"{child.label if child else number.child} {among(network, number)}"


def look_up(number: Number, network: Network, case: Case) -> None:
    """Go to the page of numbers with this one searched for."""
    wanted = {
        REGION: case.region,
        SETTING: case.setting,
        VIEW: ALL_NUMBERS,
        SEARCH: words(number, network),
        KINDS: [],
        BASIS: [],
    }
    for key, value in wanted.items():
        st.session_state[key] = value
    st.switch_page(PAGES / "network.py")
