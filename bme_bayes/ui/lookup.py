"""From a number on the Explorer to the same number and its sources among all numbers."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network, Number
from bme_bayes.ui import number_link
from bme_bayes.ui.navigation import PAGES
from bme_bayes.ui.number_table import key_of
from bme_bayes.ui.state import Case


def look_up(number: Number, network: Network, case: Case) -> None:
    """Go to the page of numbers with this one searched for."""
    number_link.search(key_of(number))
    st.session_state[number_link.REGION] = network.region
    st.session_state[number_link.SETTING] = case.setting
    st.switch_page(PAGES / "network.py")
