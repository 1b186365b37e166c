"""What to look for next: the controls that say about which diagnoses, and at what burden."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.ui.suggestions import burdens, tests_here
from bme_bayes.ui.words import short

LEADING = "leading"
ONE, PAIR = "one", "pair"
AIMS = {
    "all": "The whole picture",
    "dangerous": "What must not be missed",
    ONE: "One diagnosis",
    PAIR: "One against another",
}
BY, ONLY = "next_by", "only_from"
FINDINGS, TESTS = "Single findings", "Whole tests"


@dataclass(frozen=True)
class Aim:
    """What is asked: the engine's target, the diagnosis that effects are shown on, limits.

    `tests` are the ids of the tests to choose from, empty for all.
    """

    by_test: bool
    target: str
    diagnosis: str
    burden: int
    tests: tuple[str, ...]


def choose(now: Posterior, network: Network) -> Aim:
    """Draw the controls and read them."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        by = st.segmented_control(
            "Suggest",
            [FINDINGS, TESTS],
            default=FINDINGS,
            required=True,
            key=BY,
            persist_state="session",
        )
        aim = st.selectbox(
            "Telling most about",
            list(AIMS),
            format_func=AIMS.__getitem__,
            key="aim",
            persist_state="session",
            width=210,
        )
        diagnosis = _diagnosis("Effect shown on", [LEADING, *now.diagnoses], "shown_for", now)
        diagnosis = now.leader if diagnosis not in now.diagnoses else diagnosis
        other = ""
        if aim == PAIR:
            others = [d for d in now.diagnoses if d != diagnosis]
            other = _diagnosis("against", others, "shown_against", now)
        burden = _burden(network)
    tests = tests_here(network)
    only = st.pills(
        "Only from",
        list(tests),
        selection_mode="multi",
        format_func=tests.__getitem__,
        key=ONLY,
        persist_state="session",
    )
    targets = {ONE: diagnosis, PAIR: f"{diagnosis}:{other}"}
    return Aim(by == TESTS, targets.get(aim, aim), diagnosis, burden, tuple(only))


def _burden(network: Network) -> int:
    limits = burdens(network)
    return st.selectbox(
        "Burden",
        list(limits),
        index=len(limits) - 1,
        format_func=limits.__getitem__,
        key="burden",
        persist_state="session",
        width=210,
        help="For patient and clinic together, in tiers of 1 (asking) to 5.",
    )


def _diagnosis(label: str, options: list[str], key: str, now: Posterior) -> str:
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    chosen = st.selectbox(
        label,
        options,
        key=key,
        persist_state="session",
        width=210,
        format_func=lambda d: "Leading diagnosis" if d == LEADING else short(d, now.labels),
    )
    return str(chosen)


def take_test(widget: str) -> None:
    """Callback: look at the single findings of the test chosen in a list of tests."""
    chosen = st.session_state[widget]
    if chosen:
        st.session_state[widget] = None
        st.session_state[ONLY] = [chosen]
        st.session_state[BY] = FINDINGS
