"""The teach page's state in the browser session, and the model's answers to its cases."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from bme_bayes.library import networks_folder
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.reading import read_network
from bme_bayes.ui import teach_cases, teaching
from bme_bayes.ui.model import Model, model, setting_labels
from bme_bayes.ui.state import DEFAULT_SETTING
from bme_bayes.ui.teach_cases import TeachCase
from bme_bayes.ui.teach_fewest import fewest
from bme_bayes.ui.teaching import Play, Result

PLAY, RESULTS, LOADED, PLAYED = "teach_play", "teach_results", "teach_loaded", "teach_played"
PROJECTOR = "teach_projector"
KEPT = "A reload of the page ends the case and clears the scores and the cases that you loaded."


@st.cache_resource(show_spinner=False)
def plain_network(region: str) -> Network:
    """A region's definitions, without base rates."""
    return read_network(region, networks_folder())


def cases() -> tuple[TeachCase, ...]:
    """The cases to choose from: those of the teacher's file, or the published ones."""
    loaded: tuple[TeachCase, ...] = st.session_state.get(LOADED, ())
    return loaded or teach_cases.published(plain_network)


def cases_loaded() -> bool:
    """Whether a teacher's own cases are played."""
    return bool(st.session_state.get(LOADED))


def play() -> Play | None:
    """The case being played."""
    found: Play | None = st.session_state.get(PLAY)
    return found


def set_play(now: Play | None) -> None:
    """Callback: move on in the case, or put it away."""
    st.session_state[PLAY] = now


def results() -> tuple[Result, ...]:
    """The cases finished in this session."""
    found: tuple[Result, ...] = st.session_state.get(RESULTS, ())
    return found


def projector() -> bool:
    """Whether the model and the diagnosis stay hidden until the room has decided."""
    return bool(st.session_state.get(PROJECTOR))


def model_of(case: TeachCase) -> Model:
    """The model of a case's region and setting."""
    setting = case.setting if case.setting in setting_labels() else DEFAULT_SETTING
    return model(case.region, setting)


def answer(case: TeachCase, known: Mapping[str, object]) -> Posterior:
    """The model's answer to what is known of a case."""
    return model_of(case).engine.posterior(known)


def main_causes(found: Posterior) -> dict[str, float]:
    """The chance of each diagnosis as the main cause, summing to 1."""
    chances = np.array([d.main_cause for d in found.diagnoses.values()])
    return dict(zip(found.diagnoses, (chances / chances.sum()).tolist(), strict=True))


def begin(case: TeachCase) -> None:
    """Callback: start a case."""
    forget_estimate()
    played: frozenset[str] = st.session_state.get(PLAYED, frozenset())
    st.session_state[PLAYED] = played | {case.title}
    set_play(teaching.begin(case))


def forget_estimate() -> None:
    """Let the next case begin without an estimate."""
    for name in [str(k) for k in st.session_state if str(k).startswith("guess")]:
        del st.session_state[name]


def show(done: Play) -> None:
    """Callback: show the diagnosis of a finished case, and count it once."""
    case = done.case
    held = [r.estimate for r in done.rounds if r.estimate is not None]
    rounds = range(1, len(done.rounds) + 1)
    result = Result(
        title=case.title,
        truth=case.diagnosis,
        learner=tuple(held),
        model=tuple(main_causes(answer(case, done.known_after(n))) for n in rounds),
        orders=len(done.rounds) - 1,
        findings=tuple(len(done.known_after(n)) for n in rounds),
        fewest=fewest(model_of(case).engine, case.findings, case.start, case.diagnosis),
    )
    st.session_state[RESULTS] = (*results(), result)
    set_play(Play(case, done.rounds, finished=True, shown=True))
