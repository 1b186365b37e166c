"""Buttons that hand out the case's report; it is made when one is clicked, not before."""

from __future__ import annotations

import datetime as dt
from functools import partial

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.network import Network
from bme_bayes.questions.words import in_sentence
from bme_bayes.report import SetAside, build_report, to_html, to_json
from bme_bayes.ui import session, state
from bme_bayes.ui.certainty import DRAWS
from bme_bayes.ui.model import SEED, catalogue
from bme_bayes.ui.state import Case
from bme_bayes.ui.words import answer

OTHER_REGION = "no finding of this region"
AWAITING_MRI = "MRI is not done yet"
PAUSED = "paused, to see the case without it"


def draw() -> None:
    """Download the present case's report, to print or for other programs."""
    case, model = session.explorer().case, session.current_model()
    used = session.current_split().used
    try:
        model.posterior(used)
    except Contradiction:
        return  # the summary says so, on top of the page
    make = partial(
        build_report,
        model.engine,
        state.findings(used),
        draws=DRAWS,
        seed=SEED,
        set_aside=set_aside(case, model.network),
    )
    name = f"marrow_edema_{case.region}_{dt.date.today().isoformat()}"
    with st.container(horizontal=True, gap="xsmall"):
        st.download_button(
            "Report to print",
            lambda: to_html(make()),
            f"{name}.html",
            "text/html",
            key="report_html",
            icon=":material/print:",
            on_click="ignore",
            help="One page with findings, causes, red flags, what next and sources; no name in it.",
        )
        st.download_button(
            "Report as data",
            lambda: to_json(make()),
            f"{name}.json",
            "application/json",
            key="report_json",
            icon=":material/data_object:",
            on_click="ignore",
            help="The same as JSON, for other programs.",
        )


def set_aside(case: Case, network: Network) -> tuple[SetAside, ...]:
    """What was entered and does not count now, in words."""
    split, known = state.split(case, network), catalogue()
    reasons = (
        (split.other_region, OTHER_REGION),
        (split.awaiting_mri, AWAITING_MRI),
        (split.paused, PAUSED),
    )
    return tuple(
        SetAside(name, known[name].label, in_sentence(answer(known[name], choice)), reason)
        for choices, reason in reasons
        for name, choice in choices.items()
        if name in known
    )
