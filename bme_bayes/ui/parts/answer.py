"""The answer: the ranked causes, with the details below; or which findings contradict."""

from __future__ import annotations

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.ui import charts, session, state
from bme_bayes.ui.model import model
from bme_bayes.ui.parts import details
from bme_bayes.ui.words import finding_and_answer


def draw() -> None:
    """The whole answer to the case, or why there is none."""
    current = session.current_model()
    try:
        now = current.posterior(session.current_split().used)
    except Contradiction as error:
        _contradiction(error, current.network)
        return
    before = _before_last_step()
    st.subheader("Likely causes", anchor=False)
    colors = charts.palette(st.context.theme.type)
    start = current.posterior({})
    spec = charts.differential_spec(now, start, before, colors)
    session.chart(spec, "differential")
    st.caption(
        "Dark bar: main cause of the edema. Light bar: present at all, alone or beside another. "
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


def _contradiction(error: Contradiction, network: Network) -> None:
    st.error(
        "The model has no patient in whom all of these are true. Nothing has been lost: undo the "
        "last step, or remove one of them.",
        title="These findings exclude each other",
        icon=":material/block:",
    )
    used = session.current_split().used
    named = [f.partition("=")[0] for f in error.findings]
    for finding in [f for f in named if f in used] or list(used):
        variable = network.variable(finding)
        st.button(
            f"Remove {finding_and_answer(variable, used[finding])}",
            key=f"resolve:{finding}",
            icon=":material/close:",
            on_click=session.choose,
            args=(variable, None),
        )
