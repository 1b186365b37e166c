"""The Compare page: up to four scenarios side by side."""

from __future__ import annotations

import streamlit as st

from bme_bayes.ui import comparison
from bme_bayes.ui.guard import DISCLAIMER, guarded
from bme_bayes.ui.parts import compare_answer, compare_columns


def _draw() -> None:
    compare_columns.toolbar()
    scenarios = compare_columns.letters()
    if not scenarios:
        st.markdown(
            "What if the CRP were raised? What if the same patient came to another clinic? Enter a "
            "case in the explorer, copy it here, duplicate it, and change one thing."
        )
        return
    different = comparison.differing([compare_answer.used_of(s) for s in scenarios.values()])
    # Four columns are too narrow for a finding and its answer: two rows of two.
    across = 3 if len(scenarios) == 3 else 2
    places = [place for _ in range(0, len(scenarios), across) for place in st.columns(across)]
    for place, (letter, scenario) in zip(places, scenarios.items(), strict=False):
        with place:
            guarded(compare_columns.column, letter, scenario, different)
    guarded(compare_answer.draw, scenarios, different)


st.title("Compare", anchor=False)
guarded(_draw)
st.caption(f"{compare_columns.KEPT} {DISCLAIMER}" if compare_columns.letters() else DISCLAIMER)
