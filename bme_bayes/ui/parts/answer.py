"""The answer: the ranked causes, with the details below."""

from __future__ import annotations

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.posterior import Posterior
from bme_bayes.ui import charts, session, state
from bme_bayes.ui.model import model
from bme_bayes.ui.parts import details


def draw() -> None:
    """The ranked causes; nothing where the findings exclude each other."""
    current = session.current_model()
    try:
        now = current.posterior(session.current_split().used)
    except Contradiction:
        return  # the summary says so, on top of the page
    before = _before_last_step()
    st.subheader("Likely causes", anchor=False)
    colors = charts.palette(st.context.theme.type)
    start = current.posterior({})
    spec = charts.differential_spec(now, start, before, colors)
    session.chart(spec, "differential")
    st.caption(
        "Strong bar: main cause of the edema. Faint bar: present at all, alone or beside another. "
        "Orange mark: main cause before any finding."
        + (" Arrow: change since the last step, in points." if before else "")
    )
    details.draw(now, start, before, current.network)


def _before_last_step() -> Posterior | None:
    past = session.explorer().past
    case = session.explorer().case
    if not past or past[-1].region != case.region:
        return None
    earlier = model(case.region, past[-1].setting)
    try:
        return earlier.posterior(state.split(past[-1], earlier.network).used)
    except Contradiction:
        return None
