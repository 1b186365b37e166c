"""The head of the Prior lab: region, setting, what it is held against, and copies of one's own."""

from __future__ import annotations

import streamlit as st

from bme_bayes.ui import lab_session, session
from bme_bayes.ui.guard import literal
from bme_bayes.ui.lab_session import BASELINE, REGION, SETTING
from bme_bayes.ui.lab_settings import LONGEST, MOST, copied, is_own, moved
from bme_bayes.ui.parts import choosers, compare_columns

NAME, RENAME = "lab_name", "lab_rename"
TERMS = {
    "Base rate": "how many of the people who come with marrow edema have the diagnosis, before "
    "anything else is known of them.",
    "Link": "a number that joins two things: how often a finding is seen in a diagnosis, or how a "
    "risk factor changes its odds.",
    "Leak": "how often a finding is seen in people with none of the diagnoses.",
    "Odds ratio": "what the odds of a diagnosis are multiplied by where the risk factor is "
    "present; 1 means no effect.",
    "Weight": "for how many patients a number counts when it is updated, and how wide it may "
    "vary: the more, the surer.",
    "Move together": "findings that share more than their diagnosis; the number is the logarithm "
    "of the odds between their low and their high level.",
    "From, to": "the 95 % interval of a number.",
}


def draw() -> tuple[str, str, str]:
    """Region, setting and the setting that it is held against, as chosen."""
    every = lab_session.every_label()
    case = session.explorer().case
    if st.session_state.get(SETTING) not in every:
        st.session_state[SETTING] = case.setting if case.setting in every else next(iter(every))
    if st.session_state.get(BASELINE) not in every:
        st.session_state[BASELINE] = lab_session.origin_of(st.session_state[SETTING])
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        region = choosers.region(REGION, case.region)
        setting = choosers.setting(
            "Setting",
            every,
            SETTING,
            "A set of base rates, case mix and links. Your own are marked “mine”.",
            on_change=_follow_origin,
        )
        baseline = choosers.setting("Compared with (before)", every, BASELINE)
    _actions(region, setting, baseline)
    return region, setting, baseline


def _follow_origin() -> None:
    st.session_state[BASELINE] = lab_session.origin_of(st.session_state[SETTING])


def _actions(region: str, setting: str, baseline: str) -> None:
    own = lab_session.owns().get(setting)
    full = len(lab_session.owns()) >= MOST
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = lab_session.prior_of(setting).label
        copy, new = ("Copy to edit", "edited") if own is None else ("Copy", "copy")
        with st.popover(
            copy,
            icon=":material/content_copy:",
            key=f"lab_copy_open:{setting}",
        ):
            st.text_input(
                "Name of the copy",
                key=NAME,
                max_chars=LONGEST,
                placeholder=f"{label}, {new}"[:LONGEST],
                help="Kept in this browser session only, until you save it as a file.",
            )
            st.button(
                "Make the copy",
                key="lab_copy",
                disabled=full,
                on_click=_copy,
                args=(setting, f"{label}, {new}"),
            )
            if full:
                st.caption(f"There are {MOST} of your own; delete one first.")
        if own is not None:
            _own_actions(setting, len(own.past))
        with st.popover("Terms", icon=":material/help:", key="lab_terms"):
            st.markdown("\n".join(f"- **{term}:** {words}" for term, words in TERMS.items()))
    if own is not None:
        before = lab_session.prior_of(baseline)
        count = moved(before, own.prior, region)
        st.caption(
            f"{count} {'number differs' if count == 1 else 'numbers differ'} from "
            f"{literal(before.label)} in this region. Kept in this browser session only: a "
            "reload of the page clears it. Save it as a file to keep it."
        )


def _own_actions(setting: str, steps: int) -> None:
    st.button(
        "Undo",
        key="lab_undo",
        icon=":material/undo:",
        disabled=not steps,
        help="Back to the numbers before the last change",
        on_click=lab_session.undo,
        args=(setting,),
    )
    with st.popover("Rename", key=f"lab_rename_open:{lab_session.prior_of(setting).label}"):
        st.text_input("New name", key=RENAME, max_chars=LONGEST)
        st.button("Rename it", key="lab_rename_do", on_click=_rename, args=(setting,))
    with st.popover("Delete", key=f"lab_delete_open:{setting}"):
        st.markdown("It is gone for good unless you have saved it as a file.")
        st.button("Delete it", key="lab_delete", on_click=_drop, args=(setting,))


def _copy(setting: str, usual: str) -> None:
    prior = lab_session.prior_of(setting)
    label = str(st.session_state.get(NAME) or "").strip() or usual
    origin = lab_session.origin_of(setting)
    lab_session.add(copied(prior, label, lab_session.taken()), origin)
    st.session_state[BASELINE], st.session_state[NAME] = origin, ""


def _rename(setting: str) -> None:
    label = str(st.session_state.get(RENAME) or "").strip()
    if label:
        lab_session.rename(setting, label)
        st.session_state[RENAME] = ""


def _drop(setting: str) -> None:
    origin = lab_session.origin_of(setting)
    compare_columns.replace_setting(setting, origin)
    if st.session_state.get(BASELINE) == setting:
        st.session_state[BASELINE] = origin
    lab_session.drop(setting)


def needs_own(setting: str) -> bool:
    """Whether the setting is one's own; if not, how to get there is said."""
    if is_own(setting):
        return True
    st.info("This is a bundled setting. Make a copy of it (“Copy to edit”) to change its numbers.")
    return False
