"""The Prior lab's state in the browser session: sets of one's own and what they compile to.

Nothing of this is shared: another session sees neither the sets nor their models.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.errors import InputError
from bme_bayes.network import Network
from bme_bayes.priors import PriorSet
from bme_bayes.reading import prior_path, read_prior, settings, under
from bme_bayes.ui import lab_settings, model
from bme_bayes.ui.lab_settings import Own
from bme_bayes.ui.model import Model
from bme_bayes.ui.state import DEFAULT_SETTING
from bme_bayes.ui.teach_session import plain_network

OWNS, NETWORKS, MODELS, ANSWERS = "lab_owns", "lab_networks", "lab_models", "lab_answers"
SETTING, REGION, BASELINE, MOUNT = "lab_setting", "lab_region", "lab_baseline", "lab_mount"
BASES, DRAFTS = "lab_bases", "lab_drafts"
IMPOSSIBLE = "lab_impossible"
MOST_MODELS = 2
MOST_ANSWERS = 48
Value = TypeVar("Value")


class Impossible(InputError):
    """No population of patients has these base rates, case mix and links together."""


@st.cache_resource(show_spinner=False)
def bundled() -> dict[str, PriorSet]:
    """The bundled prior sets, also those that are for evaluation only."""
    found = [read_prior(prior_path(name)) for name in settings()]
    found.sort(key=lambda p: (p.evaluation_only, p.name != DEFAULT_SETTING, p.label))
    return {p.name: p for p in found}


def owns() -> dict[str, Own]:
    """The sets of one's own, by the name under which they are chosen."""
    found: dict[str, Own] = st.session_state.setdefault(OWNS, {})
    return found


def labels() -> dict[str, str]:
    """The settings that a scenario may have: the bundled clinical ones, and one's own."""
    return {**model.setting_labels(), **{k: f"{o.prior.label} (mine)" for k, o in owns().items()}}


def every_label() -> dict[str, str]:
    """All prior sets with their words, one's own first."""
    out = {k: f"{o.prior.label} (mine)" for k, o in owns().items()}
    for name, prior in bundled().items():
        out[name] = prior.label + (" (for evaluation only)" if prior.evaluation_only else "")
    return out


def prior_of(setting: str) -> PriorSet:
    """The prior set of a setting, bundled or one's own."""
    own = owns().get(setting)
    return own.prior if own else bundled().get(setting, bundled()[DEFAULT_SETTING])


def origin_of(setting: str) -> str:
    """The bundled setting that a set of one's own goes back to; a bundled one itself."""
    own = owns().get(setting)
    name = own.origin if own else setting
    return name if name in bundled() else DEFAULT_SETTING


def taken() -> set[str]:
    """Names that a new set may not have."""
    return {*bundled(), *(o.prior.name for o in owns().values())}


def add(prior: PriorSet, origin: str) -> str:
    """Keep a set of one's own and choose it; its name."""
    name = lab_settings.key_of(prior)
    st.session_state[OWNS] = {**owns(), name: Own(prior, origin)}
    st.session_state[SETTING] = name
    remount()
    return name


def change(setting: str, prior: PriorSet) -> None:
    """Give a set of one's own other numbers."""
    own = owns().get(setting)
    if own is not None:
        st.session_state[OWNS] = {**owns(), setting: lab_settings.changed(own, prior)}


def undo(setting: str) -> None:
    """Callback: back to the numbers before the last change."""
    st.session_state[OWNS] = {**owns(), setting: lab_settings.undone(owns()[setting])}
    remount()


def rename(setting: str, label: str) -> None:
    """Another label; what refers to the set by its name still finds it."""
    own = owns()[setting]
    prior = lab_settings.named(own.prior, label, taken())
    renamed = replace(own, prior=replace(prior, name=own.prior.name))
    st.session_state[OWNS] = {**owns(), setting: renamed}


def drop(setting: str) -> None:
    """Put a set of one's own away."""
    origin = origin_of(setting)
    st.session_state[OWNS] = {k: o for k, o in owns().items() if k != setting}
    if st.session_state.get(SETTING) == setting:
        st.session_state[SETTING] = origin


def remount() -> None:
    """Draw the tables to edit anew, from the numbers as they are now."""
    st.session_state[MOUNT] = st.session_state.get(MOUNT, 0) + 1
    st.session_state[DRAFTS], st.session_state[BASES] = {}, {}


def network_of(region: str, setting: str) -> Network:
    """A region under a setting, bundled or one's own, without compiling it."""
    if not lab_settings.is_own(setting):
        return model.model(region, setting).network
    prior = prior_of(setting)
    kept: dict[tuple[str, str], Network] = st.session_state.setdefault(NETWORKS, {})
    found = kept.get((region, setting))
    if found is None or found.prior is not prior:
        found = under(plain_network(region), prior)
        kept[region, setting] = found
    return found


def model_of(region: str, setting: str) -> Model:
    """A region under a setting, compiled; a set of one's own in this session only."""
    if not lab_settings.is_own(setting):
        return model.model(region, setting)
    network = network_of(region, setting)
    kept: dict[str, Model] = st.session_state.setdefault(MODELS, {})
    key = f"{setting} {network.version}"
    found = kept.pop(key, None)  # put back last: the one used longest ago goes first
    if found is None:
        found = _compiled(network, key)
    while len(kept) >= MOST_MODELS:
        del kept[next(iter(kept))]
    kept[key] = found
    return found


def _compiled(network: Network, key: str) -> Model:
    """A model made now; what was found to be impossible is not tried again."""
    impossible: set[str] = st.session_state.setdefault(IMPOSSIBLE, set())
    if key in impossible:
        raise Impossible
    with st.spinner("Compiling the edited numbers …"):
        try:
            return Model(network, Engine(network))
        except InputError:
            impossible.add(key)
            raise Impossible from None


def kept_answer(name: Hashable, answer: Callable[[], Value]) -> Value:
    """What was worked out in this session under a name, or is now."""
    kept: dict[Hashable, Value] = st.session_state.setdefault(ANSWERS, {})
    if name not in kept:
        if len(kept) >= MOST_ANSWERS:
            del kept[next(iter(kept))]
        kept[name] = answer()
    return kept[name]
