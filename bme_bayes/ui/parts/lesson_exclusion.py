"""Lesson: the syndrome is what is left when other causes have become unlikely."""

from __future__ import annotations

from functools import partial

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.posterior import SYNDROME, Posterior
from bme_bayes.questions.words import of_100, percent
from bme_bayes.ui import charts
from bme_bayes.ui.guard import chart
from bme_bayes.ui.model import model
from bme_bayes.ui.row_charts import Mark, Row, Spec, row_chart
from bme_bayes.ui.state import DEFAULT_SETTING
from bme_bayes.ui.words import UNKNOWN, answer, points, short

PATIENT: dict[str, object] = {
    "age_band": "30_50",
    "sex": "male",
    "onset": "subacute",
    "load_pain": "present",
    "groin_pain": "present",
    "edema_extent": "diffuse_epiphysis_to_metaphysis",
}
QUESTIONS = (
    "subchondral_fracture_line",
    "serpentine_band",
    "corticosteroids",
    "systemic_signs",
    "crp",
    "t1_marrow_replacement",
    "synovitis",
)
SHOWN = 7
KEY = "lesson_exclusion"


def draw() -> None:
    """Answer questions about other causes and watch the syndrome."""
    current = model("hip", DEFAULT_SETTING)
    st.subheader("The syndrome is a diagnosis of exclusion", anchor=False)
    st.markdown(
        "A man of 42: groin pain on loading for some weeks; MRI shows diffuse edema of the femoral "
        "head and neck. No finding proves the syndrome. It becomes likely as other causes become "
        "unlikely, and it fades when one of them explains the edema. Try “All of them negative”, "
        "then the serpentine band present."
    )
    left, right = st.columns([10, 12], gap="large")
    with left:
        place = st.container()
        known = _asked(current.network)
    start = current.engine.posterior(PATIENT)
    now = current.engine.posterior(known)
    was, syndrome = start.diagnoses[SYNDROME].main_cause, now.diagnoses[SYNDROME].main_cause
    place.markdown(
        f"The syndrome: **{of_100(syndrome)}** (before these questions {of_100(was)}, "
        f"{points(syndrome, was)})."
    )
    with right:
        chart(_spec(start, now), f"{KEY}_chart")
        st.caption("Bar: main cause now. Tick: before these questions.")
        st.info(
            "Two causes for one edema compete: what speaks for one takes from the other, although "
            "it says nothing about it. This is called explaining away."
        )


def _asked(network: Network) -> dict[str, object]:
    """The patient with what has been answered about other causes."""
    known = dict(PATIENT)
    with st.container(horizontal=True):
        st.button("All of them negative", key=f"{KEY}_none", on_click=_set, args=("first",))
        st.button("All unknown", key=f"{KEY}_clear", on_click=_set, args=(UNKNOWN,))
    for finding in QUESTIONS:
        variable = network.variable(finding)
        st.session_state.setdefault(f"{KEY}:{finding}", UNKNOWN)
        chosen = st.segmented_control(
            variable.label,
            (UNKNOWN, *variable.states),
            format_func=partial(answer, variable),
            required=True,
            key=f"{KEY}:{finding}",
            persist_state="session",
            wrap=True,
        )
        if chosen and chosen != UNKNOWN:
            known[finding] = chosen
    return known


def _set(to: str) -> None:
    network = model("hip", DEFAULT_SETTING).network
    for finding in QUESTIONS:
        state = network.variable(finding).states[0] if to == "first" else to
        st.session_state[f"{KEY}:{finding}"] = state


def _spec(start: Posterior, now: Posterior) -> Spec:
    colors = charts.palette(st.context.theme.type)
    names = list(start.diagnoses)[: SHOWN - 1]
    names = list(dict.fromkeys([SYNDROME, *list(now.diagnoses)[:3], *names]))[:SHOWN]
    names.sort(key=lambda d: (d != SYNDROME, -now.diagnoses[d].main_cause))
    rows: list[Row] = []
    for rank, name in enumerate(names):
        was, is_now = start.diagnoses[name].main_cause, now.diagnoses[name].main_cause
        figures = f"{percent(is_now)} ({points(is_now, was)})"
        label = short(name, now.labels)
        rows.append({"row": rank, "name": label, "figures": figures, "now": is_now, "was": was})
    marks = [
        Mark("now", "Now", "bar", colors.strong),
        Mark("was", "Before these questions", "tick", colors.mark),
    ]
    told = "; ".join(f"{r['name']} {r['figures']}" for r in rows)
    return row_chart(rows, marks, f"Bar chart of the main causes. {told}.", colors)
