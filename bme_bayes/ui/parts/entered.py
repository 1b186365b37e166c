"""What has been entered: each finding can be removed or paused; undo, reset, what is set aside."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from bme_bayes.network import Network, Variable
from bme_bayes.questions.words import in_sentence, region_name
from bme_bayes.ui import session, state
from bme_bayes.ui.model import catalogue
from bme_bayes.ui.words import listed, within

CLICK = "entered_click"
REMOVE, PAUSE = "Remove it", "Pause it"
LONGEST = 45
"""Characters of a finding with its answer that a phone shows."""


def draw() -> None:
    """Everything that has been entered, and the steps back."""
    network = session.current_model().network
    parts = session.current_split()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Entered** · {_count(parts)}", width="stretch")
        _steps()
    if parts.used or parts.paused:
        _list(parts, network)
    else:
        st.caption("Unknown is never taken as absent: a finding left out changes nothing.")
    _set_aside(parts, network.region)
    session.write_link()


def _count(parts: state.Split) -> str:
    count = str(len(parts.used)) if parts.used or parts.paused else "nothing yet"
    return f"{count} · {len(parts.paused)} paused" if parts.paused else count


def _list(parts: state.Split, network: Network) -> None:
    """All that is entered here, in the order of entry; a click removes or pauses one."""
    order = [f for f, _ in session.explorer().case.findings]
    here = {f: c for f in order if (c := parts.used.get(f) or parts.paused.get(f))}
    told = {f: _told(network.variable(f), c, f in parts.paused) for f, c in here.items()}
    if st.session_state.get(CLICK) == PAUSE:
        _to_pause(told, parts)
    else:
        _to_remove(told)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "A click on a finding will",
            [REMOVE, PAUSE],
            default=REMOVE,
            required=True,
            key=CLICK,
            persist_state="session",
            help="Paused: it stays in the list and does not count, to see the case without it. "
            "Another click resumes it.",
        )
        if parts.paused:
            st.button(
                "Resume all",
                key="resume",
                icon=":material/play_arrow:",
                help="Let every paused finding count again",
                on_click=session.change,
                args=(_resume,),
            )


def _to_pause(told: Mapping[str, str], parts: state.Split) -> None:
    key = session.control(session.COUNTING)
    st.pills(
        "Entered: those marked count; click a finding to pause or resume it",
        list(told),
        selection_mode="multi",
        default=[f for f in told if f not in parts.paused],
        format_func=told.__getitem__,
        key=key,
        on_change=_take_pause,
        args=(key, tuple(told)),
        label_visibility="collapsed",
    )


def _to_remove(told: Mapping[str, str]) -> None:
    key = session.control(session.LISTED)
    st.pills(
        "Entered: click a finding to remove it",
        list(told),
        format_func=lambda f: f"{told[f]} :material/close:",
        key=key,
        on_change=_take_removal,
        args=(key,),
        label_visibility="collapsed",
    )


def _told(variable: Variable, choice: str, paused: bool) -> str:
    told = within(variable, choice, LONGEST)
    return f":material/pause: ~~{told}~~ paused" if paused else told


def _take_removal(key: str) -> None:
    """Remove what was clicked if it is still entered, also in a list not drawn anew yet."""
    finding = st.session_state.get(key)
    if finding and finding in dict(session.explorer().case.findings):
        session.choose(session.current_model().network.variable(finding), None)


def _take_pause(key: str, here: tuple[str, ...]) -> None:
    """What is not marked any more is paused; what is not shown here stays as it is."""
    counting = st.session_state.get(key) or []

    def move(present: state.Explorer) -> state.Explorer:
        elsewhere = [f for f in present.case.paused if f not in here]
        return state.pause(present, [f for f in here if f not in counting] + elsewhere)

    session.change_by(session.COUNTING, key, move)


def _resume(present: state.Explorer) -> state.Explorer:
    return state.pause(present, ())


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
            f"They do not apply to the {region_name(region)} and come back "
            "when you change the region.",
        ),
        (parts.awaiting_mri, "They come back when MRI has been done."),
    ):
        if kept:
            names = [in_sentence(known[f].label) if f in known else f for f in kept]
            st.caption(f":material/inventory_2: Set aside: {listed(names)}. {why}")
