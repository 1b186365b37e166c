"""Enters a single number into a set of one's own, from a question about it."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network, Number
from bme_bayes.questions.prior_versions import BASE_RATE
from bme_bayes.ui import lab_cells, lab_rows, lab_session, lab_settings
from bme_bayes.ui.lab_cells import FIGURES


def can_enter(number: Number) -> bool:
    """Whether the number can be set by itself: a base rate, or an odds ratio."""
    return number.quantity in (BASE_RATE, "odds_ratio")


def enter(setting: str, network: Network, number: Number, value: float) -> None:
    """Callback: set a number, with the interval that goes with it; other base rates give way."""
    prior = lab_session.prior_of(setting)
    cells = lab_cells.fitted(number, value, number.n)
    if number.quantity == BASE_RATE:
        table = lab_rows.rates_table(network, prior, prior)
        frame = table.frame()
        row = [(n.child, n.state) for n in table.numbers].index((number.child, number.state))
        for column, x in zip(FIGURES, cells, strict=True):
            frame.loc[row, column] = x
        try:
            numbers = lab_rows.give_way(table, frame)
        except lab_rows.NoRoom:
            st.toast("This base rate would leave nothing for the other diagnoses.")
            return
        changed = lab_settings.with_base(prior, network.region, numbers)
    else:
        was = lab_settings.bundled_link(network, lab_settings.number_key(number))
        new = lab_cells.entered(number, was, cells)
        changed = lab_settings.with_links(prior, network, [new])
    lab_session.change(setting, changed)
    lab_session.remount()
