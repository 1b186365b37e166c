"""Entering findings: groups, search, and several answers from one click."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import EDEMA, Variable
from bme_bayes.questions.battery import IMAGED_GROUP, NOT_IMAGED
from bme_bayes.questions.words import region_name
from bme_bayes.ui import session, state
from bme_bayes.ui.bundles import Shortcut, shortcuts
from bme_bayes.ui.search import search
from bme_bayes.ui.words import GROUPS, UNKNOWN, answer

SIDE_BY_SIDE = 4


def control(variable: Variable, place: str, disabled: bool = False) -> None:
    """One finding with its answers; unknown until chosen."""
    name = f"{place}:{variable.id}"
    # A chosen segment shows itself; only the answer about MRI changes the rest of its group.
    in_group = place == session.GROUP and variable.id != EDEMA
    shown_by = session.area_of(variable.group) if in_group else ""
    key = session.control(name)
    options = (UNKNOWN, *state.choices(variable))
    widget_type = st.segmented_control if len(options) <= SIDE_BY_SIDE else st.pills
    widget_type(
        variable.label,
        options,
        format_func=lambda choice: answer(variable, choice),
        default=session.explorer().case.choice(variable.id),
        required=True,
        key=key,
        help=variable.help or None,
        disabled=disabled,
        on_change=session.take,
        args=(variable, name, key, shown_by),
        wrap=True,
    )


def search_box() -> None:
    """Find a finding by everyday words and answer it at once; normal tests in one click."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        for shortcut in shortcuts(session.current_model().network):
            st.button(
                shortcut.label,
                key=f"several:{shortcut.id}",
                help=shortcut.help,
                icon=":material/playlist_add_check:",
                on_click=_take_several,
                args=(shortcut,),
            )
    text = st.text_input(
        "Find a finding",
        key=session.QUERY,
        type="search",
        live="200ms",
        icon=":material/search:",
        placeholder="e.g. fever, cortisone, X-ray, limping",
    )
    if not text:
        return
    network = session.current_model().network
    found = search(filter(state.is_observable, network.variables.values()), text)
    with st.container(border=True):
        for variable in found:
            control(variable, session.FOUND)
        if not found:
            region = region_name(network.region)
            st.caption(f"Nothing at the {region} fits these words. Try another word for it.")


def _take_several(shortcut: Shortcut) -> None:
    session.change(lambda present: state.fill(present, shortcut.answers))


def group(name: str, variables: tuple[Variable, ...], opened: bool) -> None:
    """One group of findings."""
    with st.expander(GROUPS.get(name, name), expanded=opened, key=f"open_{name}"):
        waiting = name == IMAGED_GROUP and _mri_toggle()
        for variable in variables:
            control(variable, session.GROUP, disabled=waiting)


def _mri_toggle() -> bool:
    network = session.current_model().network
    edema = network.variable(EDEMA)
    key = session.control(session.WAITING)
    waiting = st.toggle(
        "MRI not done yet",
        value=session.explorer().case.choice(EDEMA) == NOT_IMAGED,
        key=key,
        help="Otherwise marrow edema on MRI is taken as seen: it is the question of this page.",
        on_change=_take_toggle,
        args=(edema, key),
    )
    if not waiting:
        control(edema, session.GROUP)
    return waiting


def _take_toggle(edema: Variable, key: str) -> None:
    choice = NOT_IMAGED if st.session_state.get(key) else None
    session.change_by(session.WAITING, key, lambda present: state.choose(present, edema, choice))
