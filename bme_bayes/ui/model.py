"""The model as pages use it: engines shared by all sessions, answers kept in each session."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.library import networks_folder
from bme_bayes.network import REGIONS, Network, Variable
from bme_bayes.posterior import Posterior
from bme_bayes.questions.value import NextFindings
from bme_bayes.reading import load, prior_path, read_network, read_prior, settings
from bme_bayes.ui.housekeeping import settle
from bme_bayes.ui.state import findings, is_observable, key

Answer = TypeVar("Answer")
ANSWERS = "answers"
ANSWERS_KEPT = 48
SEED = 0
DRAWN = ("tests", "same")


@dataclass(frozen=True)
class Model:
    """A region under a setting. Shared by all sessions: never changed."""

    network: Network
    engine: Engine

    def posterior(self, used: Mapping[str, str]) -> Posterior:
        """The answer to a set of choices; kept in this session."""
        return self.ask("posterior", used, Engine.posterior)

    def next_findings(self, used: Mapping[str, str], target: str) -> NextFindings:
        """What would change the answer most; kept in this session."""
        return self.ask("next", used, Engine.next_findings, target=target)

    def ask(
        self,
        question: str,
        used: Mapping[str, str],
        answer: Callable[..., Answer],
        *args: Hashable,
        **options: Hashable,
    ) -> Answer:
        """The answer of an engine's method to a set of choices; kept in this session.

        A question that draws at random is given a generator of a fixed seed as `rng`, so that
        the same case is answered the same way: `DRAWN` names these questions.
        """
        drawn = {"rng": np.random.default_rng(SEED)} if question in DRAWN else {}
        name = (question, self.network.version, key(used), args, *sorted(options.items()))
        return _kept(name, lambda: answer(self.engine, findings(used), *args, **options, **drawn))


@st.cache_resource(show_spinner="Preparing the model of this region …", max_entries=32)
def model(region: str, setting: str) -> Model:
    """A region under a setting, compiled once for all sessions."""
    network = load(region, setting=setting)
    made = Model(network, Engine(network))
    settle(now=True)
    return made


@st.cache_resource(show_spinner=False)
def setting_labels() -> dict[str, str]:
    """Clinical settings to choose from, by name, with their words."""
    priors = {name: read_prior(prior_path(name)) for name in settings()}
    return {name: prior.label for name, prior in priors.items() if not prior.evaluation_only}


@st.cache_resource(show_spinner=False)
def catalogue() -> dict[str, Variable]:
    """Everything that can be entered in any region, by id."""
    regions = [read_network(region, networks_folder()) for region in REGIONS.values()]
    return {v.id: v for network in regions for v in network.variables.values() if is_observable(v)}


def _kept(name: Hashable, answer: Callable[[], Answer]) -> Answer:
    """An answer of this session by name, worked out if it is not there."""
    kept: dict[Hashable, Answer] = st.session_state.setdefault(ANSWERS, {})
    if name not in kept:
        if len(kept) >= ANSWERS_KEPT:
            del kept[next(iter(kept))]
        kept[name] = answer()
    return kept[name]
