"""Entering findings: groups, search, and what has been entered."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from bme_bayes.network import EDEMA, Variable
from bme_bayes.ui import session, state
from bme_bayes.ui.chart_rows import clip
from bme_bayes.ui.model import catalogue
from bme_bayes.ui.search import search
from bme_bayes.ui.words import (
    GROUPS,
    NOT_IMAGED,
    REGIONS,
    UNKNOWN,
    answer,
    finding_and_answer,
    in_sentence,
    listed,
)

GROUP = "group"
TOGGLE = "mri_waiting"
REMOVE = "remove"
SIDE_BY_SIDE = 4


def control(variable: Variable, place: str, disabled: bool = False) -> None:
    """One finding with its answers; unknown until chosen."""
    widget = f"{place}:{variable.id}"
    # A chosen segment shows itself; only the answer about MRI changes the rest of its group.
    shown_by = session.area_of(variable.group) if place == GROUP and variable.id != EDEMA else ""
    session.follow(widget, session.explorer().case.choice(variable.id))
    options = (UNKNOWN, *state.choices(variable))
    widget_type = st.segmented_control if len(options) <= SIDE_BY_SIDE else st.pills
    widget_type(
        variable.label,
        options,
        format_func=lambda choice: answer(variable, choice),
        required=True,
        key=widget,
        help=variable.help or None,
        disabled=disabled,
        on_change=session.take,
        args=(variable, widget, shown_by),
        wrap=True,
    )


def search_box() -> None:
    """Find a finding by everyday words and answer it at once."""
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
            control(variable, "found")
        if not found:
            region = REGIONS[network.region].lower()
            st.caption(f"Nothing at the {region} fits these words. Try another word for it.")


def group(name: str, variables: tuple[Variable, ...], opened: bool) -> None:
    """One group of findings."""
    with st.expander(GROUPS.get(name, name), expanded=opened, key=f"open_{name}"):
        waiting = name == state.IMAGED_GROUP and _mri_toggle()
        for variable in variables:
            control(variable, GROUP, disabled=waiting)


def _mri_toggle() -> bool:
    network = session.current_model().network
    edema = network.variable(EDEMA)
    session.follow(TOGGLE, session.explorer().case.choice(EDEMA) == NOT_IMAGED)
    waiting = st.toggle(
        "MRI not done yet",
        key=TOGGLE,
        help="Otherwise marrow edema on MRI is taken as seen: it is the question of this page.",
        on_change=_take_toggle,
        args=(edema,),
    )
    if not waiting:
        control(edema, GROUP)
    return waiting


def _take_toggle(edema: Variable) -> None:
    session.choose(edema, NOT_IMAGED if st.session_state[TOGGLE] else None)


def entered() -> None:
    """Everything that has been entered, each to be removed by a click; what is set aside."""
    network = session.current_model().network
    parts = session.current_split()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        count = f"{len(parts.used)}" if parts.used else "nothing yet"
        st.markdown(f"**Entered** · {count}", width="stretch")
        _steps()
    if not parts.used:
        st.caption("Unknown is never taken as absent: a finding left out changes nothing.")
    else:
        st.pills(
            "Click a finding to remove it",
            list(parts.used),
            format_func=lambda f: _removable(network.variable(f), parts.used[f]),
            key=REMOVE,
            on_change=_take_removal,
        )
    _set_aside(parts, network.region)
    session.write_link()


def _removable(variable: Variable, choice: str) -> str:
    told = finding_and_answer(replace(variable, label=clip(variable.label)), choice)
    return f"{told} :material/close:"


def _take_removal() -> None:
    finding = st.session_state[REMOVE]
    if finding:
        st.session_state[REMOVE] = None
        session.choose(session.current_model().network.variable(finding), None)


def _steps() -> None:
    present = session.explorer()
    moves = (
        ("Undo", ":material/undo:", state.undo, present.past, "Take back the last step"),
        ("Reset", ":material/restart_alt:", state.reset, present.case.findings, "Remove all"),
    )
    for label, icon, move, usable, help_text in moves:
        st.button(
            label,
            key=label.lower(),
            icon=icon,
            disabled=not usable,
            help=help_text,
            on_click=session.change,
            args=(move,),
        )


def _set_aside(parts: state.Split, region: str) -> None:
    known = catalogue() if parts.other_region or parts.awaiting_mri else {}
    for kept, why in (
        (
            parts.other_region,
            f"They do not apply to the {REGIONS[region].lower()} and come back "
            "when you change the region.",
        ),
        (parts.awaiting_mri, "They come back when MRI has been done."),
    ):
        if kept:
            names = [in_sentence(known[f].label) if f in known else f for f in kept]
            st.caption(f":material/inventory_2: Set aside: {listed(names)}. {why}")
