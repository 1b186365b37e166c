"""The scenarios themselves: one column each, to be changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import streamlit as st

from bme_bayes.network import Network, Variable
from bme_bayes.questions.words import region_name
from bme_bayes.ui import comparison, lab_session, session, state
from bme_bayes.ui.comparison import LETTERS, MOST, Comparison, Scenario
from bme_bayes.ui.lab_settings import is_own, moved
from bme_bayes.ui.state import Case, Explorer
from bme_bayes.ui.words import UNKNOWN, answer, plain, within

STATE = "comparison"
LONGEST = 42
"""Characters of a finding with its answer that a phone shows."""
KEPT = "A reload of the page clears the scenarios; what is entered in the explorer stays."
EXPLORER_PAGE = Path(__file__).resolve().parents[1] / "pages" / "explorer.py"


def current() -> Comparison:
    """The comparison of this session."""
    found: Comparison = st.session_state.setdefault(STATE, Comparison())
    return found


def network_of(case: Case) -> Network:
    """The network of a scenario."""
    return lab_session.network_of(case.region, case.setting)


def toolbar() -> None:
    """Ways to add a scenario."""
    full = len(current().scenarios) >= MOST
    entered = session.explorer().case
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Copy from the explorer",
            key="compare_copy",
            icon=":material/content_copy:",
            disabled=full,
            help="Adds what is entered in the explorer now",
            on_click=_add,
            args=(entered,),
        )
        st.button(
            "Add an empty one",
            key="compare_empty",
            icon=":material/add:",
            disabled=full,
            on_click=_add,
            args=(Case(entered.region, entered.setting),),
        )
        st.button(
            "Remove all",
            key="compare_clear",
            icon=":material/restart_alt:",
            disabled=not current().scenarios,
            on_click=_clear,
        )


def _add(case: Case) -> None:
    st.session_state[STATE] = comparison.add(current(), case)


def _clear() -> None:
    st.session_state[STATE] = replace(current(), scenarios=())


def column(letter: str, scenario: Scenario, different: Collection[str]) -> None:
    """One scenario: setting, findings, and what can be done with it."""
    case, number = scenario.case, scenario.id
    network = network_of(case)
    parts = state.split(case, network)
    with st.container(border=True, height="stretch"):
        st.markdown(f"#### {letter} · {region_name(case.region)}")
        _setting(scenario)
        _edited(case)
        st.caption(f"{len(parts.used)} findings; :orange[**≠**] marks what is not the same in all.")
        if parts.used:
            st.pills(
                "Click a finding to remove it",
                list(parts.used),
                format_func=lambda f: _pill(network.variable(f), parts.used[f], f in different),
                key=f"compare_remove:{number}",
                on_change=_take_removal,
                args=(scenario, network),
            )
        if parts.other_region or parts.awaiting_mri:
            st.caption("Some findings of the case do not count here; the explorer names them.")
        _enter(scenario, network)
        _moves(letter, scenario)


def replace_setting(setting: str, other: str) -> None:
    """Give every scenario with a setting another one."""
    present = current()
    session.renew(_setting_of(s) for s in present.scenarios if s.case.setting == setting)
    changed = (
        replace(s, case=replace(s.case, setting=other)) if s.case.setting == setting else s
        for s in present.scenarios
    )
    st.session_state[STATE] = replace(present, scenarios=tuple(changed))


def _setting(scenario: Scenario) -> None:
    known = lab_session.labels()
    key, options = session.control(_setting_of(scenario)), list(known)
    st.selectbox(
        "Clinical setting",
        options,
        index=options.index(scenario.case.setting),
        format_func=known.__getitem__,
        key=key,
        help="Base rates of the clinic. Edited ones of your own (“mine”) come from the Prior lab",
        on_change=_take_setting,
        args=(scenario, key),
    )


def _setting_of(scenario: Scenario) -> str:
    return f"compare_setting:{scenario.id}"


def _answer_of(scenario: Scenario, finding: str) -> str:
    return f"compare_answer:{scenario.id}:{finding}"


def _edited(case: Case) -> None:
    """Says how far a set of one's own is from the bundled one."""
    if is_own(case.setting):
        origin = lab_session.prior_of(lab_session.origin_of(case.setting))
        count = moved(origin, lab_session.prior_of(case.setting), case.region)
        st.caption(f"{count} numbers differ from {origin.label} (Prior lab).")


def _pill(variable: Variable, choice: str, different: bool) -> str:
    mark = ":orange[**≠**] " if different else ""
    return f"{mark}{within(variable, choice, LONGEST)} :material/close:"


def _enter(scenario: Scenario, network: Network) -> None:
    """Add a finding, or give another answer to one."""
    key = f"compare_finding:{scenario.id}"
    known = [v.id for v in network.variables.values() if state.is_observable(v)]
    name = st.selectbox(
        "Add or change a finding",
        known,
        index=None,
        format_func=lambda f: network.variables[f].label,
        key=key,
        placeholder="Search",
    )
    if name is None:
        return
    variable = network.variable(name)
    key = session.control(_answer_of(scenario, name))
    st.segmented_control(
        variable.label,
        (UNKNOWN, *state.choices(variable)),
        format_func=lambda c: answer(variable, c),
        default=scenario.case.choice(name),
        required=True,
        key=key,
        on_change=_take_answer,
        args=(scenario, variable, key),
        wrap=True,
        label_visibility="collapsed",
    )


def _moves(letter: str, scenario: Scenario) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Duplicate",
            key=f"compare_duplicate:{scenario.id}",
            disabled=len(current().scenarios) >= MOST,
            help=f"A copy of {letter}, to change one thing in it",
            on_click=_add,
            args=(scenario.case,),
        )
        st.button(
            "Remove",
            key=f"compare_drop:{scenario.id}",
            help=f"Remove scenario {letter}",
            on_click=_drop,
            args=(scenario.id,),
        )
        if st.button(
            "Open in the explorer",
            key=f"compare_open:{scenario.id}",
            help=f"Continue with {letter} in the explorer; undo there brings back what it held",
        ):
            st.session_state[session.EXPLORER] = _opened(session.explorer(), scenario.case)
            st.switch_page(EXPLORER_PAGE)


def _opened(present: Explorer, case: Case) -> Explorer:
    """The explorer with a scenario; edited numbers stay here, and a notice says so."""
    if not is_own(case.setting):
        return state.step(present, case)
    origin = lab_session.origin_of(case.setting)
    found = state.step(present, replace(case, setting=origin))
    label, bundled = (lab_session.prior_of(s).label for s in (case.setting, origin))
    notice = (
        f"“{plain(label)}” has edited numbers, which hold in the Prior lab and on Compare only. "
        f"Here the setting is {bundled}."
    )
    return replace(found, notices=(notice,))


def _drop(number: int) -> None:
    st.session_state[STATE] = comparison.remove(current(), number)


def _change(scenario: Scenario, case: Case) -> None:
    st.session_state[STATE] = comparison.change(current(), scenario.id, case)


def _take_setting(scenario: Scenario, key: str) -> None:
    if key == session.control(_setting_of(scenario)):
        _change(scenario, replace(scenario.case, setting=str(st.session_state[key])))


def _take_answer(scenario: Scenario, variable: Variable, key: str) -> None:
    if key == session.control(_answer_of(scenario, variable.id)):
        choice = str(st.session_state.get(key) or UNKNOWN)
        _change(scenario, comparison.chosen(scenario.case, variable, choice))


def _take_removal(scenario: Scenario, network: Network) -> None:
    key = f"compare_remove:{scenario.id}"
    name = st.session_state[key]
    if name:
        st.session_state[key] = None
        session.renew([_answer_of(scenario, name)])
        _change(scenario, comparison.chosen(scenario.case, network.variable(name), None))


def letters() -> dict[str, Scenario]:
    """The scenarios by their letters."""
    return dict(zip(LETTERS, current().scenarios, strict=False))
