"""One of three panels: what next, why, how sure. Only the chosen one is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.posterior import Posterior
from bme_bayes.ui import session
from bme_bayes.ui.model import Model
from bme_bayes.ui.parts import next_steps, sure, why

PANEL = "chosen_panel"
PANELS: dict[str, Callable[[Model, Mapping[str, str], Posterior], None]] = {
    "What next": next_steps.draw,
    "Why": why.draw,
    "How sure": sure.draw,
}


def draw() -> None:
    """The chosen panel; nothing where the findings exclude each other."""
    model, used = session.current_model(), session.current_split().used
    try:
        now = model.posterior(used)
    except Contradiction:
        return  # the summary says so, on top of the page
    chosen = st.segmented_control(
        "Look closer",
        list(PANELS),
        default="What next",
        required=True,
        key=PANEL,
        persist_state="session",
        width="stretch",
    )
    PANELS[chosen or "What next"](model, used, now)
