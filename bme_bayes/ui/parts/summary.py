"""The answer at a glance: the leading causes in a sentence, and what must not be missed."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.words import in_sentence, of_100
from bme_bayes.ui import session
from bme_bayes.ui.parts import dangers
from bme_bayes.ui.words import finding_and_answer, listed, short

LIKELY = 0.05
NAMED = 3


def draw() -> None:
    """Headline and dangerous causes, or which findings exclude each other."""
    used = session.current_split().used
    current = session.current_model()
    try:
        now = current.posterior(used)
    except Contradiction as error:
        _contradiction(error, used, current.network)
        return
    with st.container(border=True):
        likely, dangerous = st.columns([9, 13], gap="medium")
        with likely.container(key="headline"):
            st.markdown(headline(now, bool(used)))
        with dangerous:
            dangers.draw(now, used, current)


def headline(now: Posterior, entered: bool) -> str:
    """The leading causes in one sentence of natural frequencies."""
    likely = [(n, d) for n, d in now.diagnoses.items() if d.main_cause >= LIKELY][:NAMED]
    if not likely:
        return "No single cause stands out."
    who = "Among patients like this" if entered else "Before any finding, in this setting"
    told = [f"**{in_sentence(short(n, now.labels))}** in {of_100(d.main_cause)}" for n, d in likely]
    rest = 1 - sum(d.main_cause for _, d in likely)
    return (
        f"{who}, the main cause of the edema is {listed(told)}; something else in {of_100(rest)} "
        f"(none of the causes below: {of_100(now.unexplained, brief=True)})."
    )


def _contradiction(error: Contradiction, used: Mapping[str, str], network: Network) -> None:
    st.error(
        "The model has no patient in whom all of these are true. Nothing has been lost: undo the "
        "last step, or remove one of them.",
        title="These findings exclude each other",
        icon=":material/block:",
    )
    named = [f.partition("=")[0] for f in error.findings]
    with st.container(horizontal=True):
        for finding in [f for f in named if f in used] or list(used):
            variable = network.variable(finding)
            st.button(
                f"Remove {in_sentence(finding_and_answer(variable, used[finding]))}",
                key=f"resolve:{finding}",
                icon=":material/close:",
                on_click=session.choose,
                args=(variable, None),
            )
