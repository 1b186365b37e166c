"""The answer: whether the findings fit the model, the ranked causes, and the details below."""

from __future__ import annotations

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.posterior import Posterior
from bme_bayes.questions.conflict import UNUSUAL, Conflict
from bme_bayes.questions.words import in_sentence, of_100
from bme_bayes.ui import background, certainty, charts, session, state
from bme_bayes.ui.model import model
from bme_bayes.ui.parts import details
from bme_bayes.ui.words import listed

ODD = 3


def draw() -> None:
    """The ranked causes at once, their intervals when they are worked out.

    Nothing where the findings exclude each other.
    """
    current = session.current_model()
    used = session.current_split().used
    try:
        now = current.posterior(used)
    except Contradiction:
        return  # the summary says so, on top of the page
    before = _before_last_step()
    job = certainty.job(current, used)
    sure = background.finished(job)
    st.subheader("Likely causes", anchor=False)
    if sure and sure.fit and sure.fit.verdict == UNUSUAL:
        st.warning(unusual(sure.fit), title="Outside this model?", icon=":material/help:")
    start = current.posterior({})
    intervals = sure.intervals if sure else None
    colors = charts.palette(st.context.theme.type)
    spec = charts.differential_spec(now, start, before, colors, intervals)
    session.chart(spec, "differential")
    st.caption(legend(sure is not None, before is not None))
    details.draw(now, start, before, intervals, current.network, state.findings(used))
    background.look_again(job, "intervals_later")


def legend(sure: bool, stepped: bool) -> str:
    """How the chart is read: as long before the intervals as after, so that nothing moves."""
    line = "Thin line:" if sure else "Thin line, in a moment:"
    interval = f"{line} 95 % interval, from {certainty.DRAWS} draws of the model's numbers. "
    return (
        "Strong bar: main cause of the edema. Faint bar: present at all, alone or beside another. "
        f"{interval}Orange mark: main cause before any finding."
        + (" Arrow: change since the last step, in points." if stepped else "")
    )


def unusual(fit: Conflict) -> str:
    """Why the findings may lie outside the model, with where to look first."""
    first = [f"{in_sentence(f.label)}: {in_sentence(f.state)}" for f in fit.findings[:ODD]]
    return (
        "Findings as odd as these are seen together in "
        f"{of_100(max(fit.as_odd, *fit.under.values()))} patients of this model, under its most "
        "probable causes too. One may be wrongly typed, the case may be rare, or it may lie "
        f"outside this model. Least expected beside the others: {listed(first)}."
    )


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
