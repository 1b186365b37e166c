"""The explorer's state in the browser session: made from the link, changed by callbacks.

The page is drawn in fragments. A callback changes the state and then draws again only the areas
that the change can be seen in, so that sixty answers on the page do not slow down each click.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from bme_bayes.errors import BmeBayesError
from bme_bayes.network import EDEMA, REGIONS, Variable
from bme_bayes.ui import charts, links, state
from bme_bayes.ui.failures import note
from bme_bayes.ui.housekeeping import settle
from bme_bayes.ui.model import Model, catalogue, model, setting_labels
from bme_bayes.ui.state import Case, Explorer, Split
from bme_bayes.ui.words import UNKNOWN

EXPLORER = "explorer"
TOP, SUMMARY, ENTERED, SEARCH = "top", "summary", "entered", "search"
ANSWER, PANEL, REPORT = "answer", "panel", "report"
QUERY = "find"
GROUP, FOUND, WAITING = "group", "found", "mri_waiting"
REGION, SETTING = "pick_region", "pick_setting"
LISTED, COUNTING = "entered", "counting"
TURNS = "turns"
FIRST, LAST = (SUMMARY, TOP, ENTERED), (ANSWER, PANEL, REPORT)


def explorer() -> Explorer:
    """The state; at the beginning of a session, what the link asks for."""
    if EXPLORER not in st.session_state:
        st.session_state[EXPLORER] = _from_link()
    found: Explorer = st.session_state[EXPLORER]
    return found


def _from_link() -> Explorer:
    query = st.query_params.to_dict()
    if not query:
        return Explorer()
    found = links.from_query(query, catalogue(), tuple(REGIONS.values()), tuple(setting_labels()))
    case = found.case
    notice = links.version_notice(query, model(case.region, case.setting).network.version)
    notices = (*found.notices, notice) if notice else found.notices
    return Explorer(case, (), notices)


def current_model() -> Model:
    """The model of the case's region and setting."""
    case = explorer().case
    return model(case.region, case.setting)


def current_split() -> Split:
    """The choices that count now, and those set aside."""
    return state.split(explorer().case, current_model().network)


def write_link() -> None:
    """Put the case into the address bar."""
    query = links.to_query(explorer().case, current_model().network.version)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def keep_link() -> None:
    """Keep the case in the address of whatever page is shown, so that a reload brings it back."""
    if (EXPLORER in st.session_state or st.query_params) and explorer().case != Case():
        write_link()


def control(name: str) -> str:
    """The key of a control that shows a value of the state, given to it as its default.

    The browser sends the values of all controls with each click. One that has not been drawn
    again yet would take back a change from elsewhere, such as undo. So a control has a new key
    after each change that it has not made itself: values under an old key are ignored.
    """
    turn = st.session_state.setdefault(TURNS, {}).get(name)
    return f"{name}:{turn}" if turn else name


def renew(names: Iterable[str]) -> None:
    """Give controls new keys: what they show has been changed from elsewhere."""
    turns = st.session_state.setdefault(TURNS, {})
    for name in names:
        turns[name] = turns.get(name, 0) + 1


def area_of(group: str) -> str:
    """The fragment key of a group of findings."""
    return f"group_{group}"


def take(variable: Variable, name: str, key: str, drawn: str = "") -> None:
    """Callback: a finding's control has been used; `drawn` is the area that shows it already."""
    choice = str(st.session_state.get(key) or UNKNOWN)
    change_by(name, key, lambda present: state.choose(present, variable, choice), drawn)


def change_by(name: str, key: str, move: Callable[[Explorer], Explorer], drawn: str = "") -> None:
    """Callback of a control: change the state, unless another control has taken its place.

    Streamlit calls a control that is gone too, when the browser still sends its value.
    """
    if key == control(name):
        change(move, drawn, name)


def choose(variable: Variable, choice: str | None) -> None:
    """Callback: set or clear a finding."""
    change(lambda present: state.choose(present, variable, choice))


def change(move: Callable[[Explorer], Explorer], drawn: str = "", made_by: str = "") -> None:
    """Callback: change the state, then draw again the areas that show a difference.

    `made_by` names the control that has made the change and shows it.
    """
    settle()
    before = explorer()
    now = move(before)
    st.session_state[EXPLORER] = now
    renew(_controls_changed(before.case, now.case) - {made_by})
    if (before.case.region, before.case.setting) != (now.case.region, now.case.setting):
        st.rerun()
    groups = {area_of(group) for group in _groups_changed(before, now)} - {drawn}
    searched = {SEARCH} if st.session_state.get(QUERY) else set()
    st.rerun([*FIRST, *sorted(searched | groups), *LAST])


def _controls_changed(before: Case, now: Case) -> set[str]:
    """Names of the controls that show something else than before."""
    changed = {finding for finding, _ in set(before.findings) ^ set(now.findings)}
    names = {f"{place}:{finding}" for finding in changed for place in (GROUP, FOUND)}
    names |= {WAITING} if EDEMA in changed else set()
    names |= {REGION} if before.region != now.region else set()
    names |= {SETTING} if before.setting != now.setting else set()
    return names | ({LISTED, COUNTING} if before != now else set())


def _groups_changed(before: Explorer, now: Explorer) -> set[str]:
    changed = {finding for finding, _ in set(before.case.findings) ^ set(now.case.findings)}
    variables = current_model().network.variables
    return {variables[f].group for f in changed if f in variables}


def chart(spec: charts.Spec, key: str) -> None:
    """Draw a chart; its description is what people hear who cannot see it.

    Its rows go beside it: the browser then changes the marks of a chart that it has already.
    """
    drawn = {name: part for name, part in spec.items() if name not in ("description", "data")}
    rows = pd.DataFrame(spec["data"]["values"])
    st.vega_lite_chart(rows, drawn, key=key, alt=spec["description"])


@contextmanager
def shielded() -> Iterator[None]:
    """Turn a failure while drawing an area into a message; the case stays as it is."""
    try:
        yield
    except BmeBayesError as error:
        note("the model could not answer", error)
        st.error("The model cannot answer this case. Undo the last step, or remove a finding.")
    except Exception as error:  # noqa: BLE001 - a failure becomes a message
        note("a part of the page failed", error)
        st.error("This part of the page failed. Your findings are kept; undo the last step.")


def area(key: str, draw: Callable[..., None], *args: object) -> None:
    """Draw an area of the page as a fragment, so that it can be drawn again on its own."""

    @st.fragment(key=key)
    def run() -> None:
        with shielded():
            draw(*args)

    run()
