"""One case under the edited numbers: intervals, what matters most, and what would turn it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from bme_bayes.network import Network
from bme_bayes.questions.break_even import BreakEven, Turning
from bme_bayes.questions.sensitivity import NumberSensitivity, Sensitivity
from bme_bayes.questions.uncertainty import Uncertainty
from bme_bayes.questions.words import percent
from bme_bayes.ui import charts, lab_apply, lab_session, session, state
from bme_bayes.ui.guard import chart
from bme_bayes.ui.lab_charts import Range, RangeRow, interval_chart
from bme_bayes.ui.lab_panel import PanelCase
from bme_bayes.ui.lab_settings import is_own
from bme_bayes.ui.lab_words import brief, figure, full
from bme_bayes.ui.model import Model
from bme_bayes.ui.parts.lab_effects import cases
from bme_bayes.ui.parts.lab_tables import table
from bme_bayes.ui.words import short

CASE, VIEW, ABOUT, RIVAL, USE = "lab_case", "lab_case_view", "lab_about", "lab_rival", "lab_use"
INTERVALS, MATTERS, TURNS = "Intervals", "What matters most", "What would turn it"
DRAWS, SEED, SHOWN, NUMBERS = 200, 0, 8, 12
ENTERED = "entered"
MATTERS_HEAD = ("No.", "Number", "Is", "Interval", "Chance then", "Leads then")
TURNS_HEAD = ("Number", "Is", "Would have to be", "In its interval", "Just past it leads")


def draw(region: str, setting: str, baseline: str) -> None:
    """The choice of a case and of a question about it."""
    known = {c.id: c for c in (*_explorer(region), *cases(region))}
    if st.session_state.get(CASE) not in (None, *known):
        del st.session_state[CASE]
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        name = st.selectbox(
            "Case",
            list(known),
            format_func=lambda c: known[c].title,
            key=CASE,
            persist_state="session",
            width=420,
        )
        view = st.segmented_control(
            "Question",
            [INTERVALS, MATTERS, TURNS],
            default=INTERVALS,
            required=True,
            key=VIEW,
            persist_state="session",
            wrap=True,
        )
    case = known[name]
    after = lab_session.model_of(region, setting)
    if view == MATTERS:
        _matters(case, after)
    elif view == TURNS:
        _turns(case, after, setting)
    else:
        _intervals(case, after, lab_session.model_of(region, baseline))


def _explorer(region: str) -> tuple[PanelCase, ...]:
    """What is entered in the explorer, where it is of this region."""
    case = session.explorer().case
    if case.region != region or not case.findings:
        return ()
    used = state.split(case, lab_session.network_of(region, case.setting)).used
    return (PanelCase(ENTERED, "The case in the explorer", state.findings(used), ENTERED),)


def _name(case: PanelCase, model: Model) -> tuple[str, str, str]:
    return case.id, model.network.version, repr(sorted(case.findings.items(), key=str))


def _spread(case: PanelCase, model: Model) -> Uncertainty:
    def ask() -> Uncertainty:
        rng = np.random.default_rng(SEED)
        return model.engine.credible_intervals(case.findings, DRAWS, rng=rng)

    return lab_session.kept_answer(("intervals", *_name(case, model)), ask)


def _intervals(case: PanelCase, after: Model, before: Model) -> None:
    names = {v.id: v.label for v in after.network.diagnoses}
    same = before.network.version == after.network.version
    with st.spinner("Drawing the numbers from their uncertainty …"):
        now = _spread(case, after)
        series = {"now": now} if same else {"before": _spread(case, before), "now": now}
    top = list(now.diagnoses)[:SHOWN]
    rows = [RangeRow(short(d, names), {s: _range(u, d) for s, u in series.items()}) for d in top]
    colors = charts.palette(st.context.theme.type)
    chart(interval_chart(rows, list(series), "Main cause with 95 % intervals", colors),
          "lab_intervals")  # fmt: skip
    shapes = "Line: the 95 % interval."
    if not same:
        shapes = "Circle and upper line: before. Square and lower line: now. Lines: 95 % intervals."
    st.caption(
        f"{shapes} {short(now.leader, names)} leads in {now.leader_holds * 100:.0f} of 100 draws "
        f"of the numbers from their uncertainty ({now.draws} draws)."
    )
    head = ["Main cause", *(f"{s.capitalize()} (95 %)" for s in series)]
    cells = [[r.name, *(_words(x) for x in r.ranges.values())] for r in rows]
    with st.expander("As a table", key="lab_intervals_table"):
        table(head, cells)


def _range(found: Uncertainty, diagnosis: str) -> Range:
    interval = found.diagnoses[diagnosis].main_cause
    return Range(interval.value, interval.low, interval.high)


def _words(found: Range) -> str:
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)})"


def _matters(case: PanelCase, model: Model) -> None:
    names = {v.id: v.label for v in model.network.diagnoses}
    leader = model.engine.posterior(case.findings).leader
    about = st.selectbox(
        "Chance of",
        [leader, *(d for d in names if d != leader)],
        format_func=lambda d: short(d, names),
        key=f"{ABOUT}:{case.id}:{leader}",
        width=330,
    )

    def ask() -> Sensitivity:
        return model.engine.sensitivity(case.findings, about, top=NUMBERS)

    with st.spinner("Moving each number through its interval …"):
        found = lab_session.kept_answer(("matters", about, *_name(case, model)), ask)
    st.markdown(
        f"**{short(about, names)}** is the main cause in {found.posterior * 100:.0f} of 100. Each "
        f"of {found.tried} numbers was moved through its interval, one at a time; {found.flips} "
        "of them would change the leader."
    )
    rows = [
        RangeRow(
            f"{i}. {brief(model.network, s.number)}",
            {"chance": Range(found.posterior, *sorted((s.at_low, s.at_high)))},
        )
        for i, s in enumerate(found.numbers, 1)
    ]
    spec = interval_chart(
        rows, ["chance"], f"How far each number can move {short(about, names)}",
        charts.palette(st.context.theme.type), spread=True,
    )  # fmt: skip
    chart(spec, "lab_matters")
    table(MATTERS_HEAD, _matters_rows(model.network, found.numbers, names))


def _matters_rows(
    network: Network, numbers: Sequence[NumberSensitivity], names: dict[str, str]
) -> list[list[str]]:
    rows = []
    for i, s in enumerate(numbers, 1):
        leaders = [short(d, names) for d in dict.fromkeys(s.leaders)]
        rows.append(
            [
                str(i),
                full(network, s.number),
                figure(s.number, s.number.value),
                f"{figure(s.number, s.number.low)} to {figure(s.number, s.number.high)}",
                f"{percent(s.at_low)} to {percent(s.at_high)}",
                " or ".join(leaders),
            ]
        )
    return rows


def _turns(case: PanelCase, model: Model, setting: str) -> None:
    names = {v.id: v.label for v in model.network.diagnoses}
    found = model.engine.posterior(case.findings)
    others = [d for d in found.diagnoses if d != found.leader]
    rival = st.selectbox(
        f"{short(found.leader, names)} leads. What would have to be true for another to lead?",
        others,
        format_func=lambda d: short(d, names),
        key=f"{RIVAL}:{case.id}:{found.leader}",
        width=420,
    )

    def ask() -> BreakEven:
        return model.engine.break_even(case.findings, rival)

    with st.spinner("Looking for the turning points …"):
        turns = lab_session.kept_answer(("turns", rival, *_name(case, model)), ask)
    reached = [t for t in turns.turnings if t.needed is not None][:NUMBERS]
    now = (turns.leader_now, turns.challenger_now)
    st.markdown(
        f"{short(turns.leader, names)} {percent(now[0])}, {short(rival, names)} "
        f"{percent(now[1])}. Each line is enough by itself for both to be equally probable; the "
        "nearest comes first."
    )
    if not reached:
        st.markdown("No base rate or link alone can do it.")
        return
    table(TURNS_HEAD, [_turn_cells(model.network, t, names) for t in reached])
    st.caption(
        "The other base rates give way, and the case mix stays as it is. Where the way is long "
        "this is only near: enter the value and look again."
    )
    if is_own(setting):
        _use(reached, model.network, setting)


def _turn_cells(network: Network, t: Turning, names: dict[str, str]) -> list[str]:
    needed = t.needed if t.needed is not None else t.number.value
    return [
        full(network, t.number),
        figure(t.number, t.number.value),
        figure(t.number, needed),
        "yes" if t.within else "no",
        short(t.then_leads, names),
    ]


def _use(reached: Sequence[Turning], network: Network, setting: str) -> None:
    """Enter one of the turning points into one's own setting."""
    able = [t for t in reached if lab_apply.can_enter(t.number)]
    if not able:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(
            "Try one of them",
            range(len(able)),
            format_func=lambda i: full(network, able[i].number),
            key=f"{USE}:{network.version}",
            width=420,
        )
        turn = able[number]
        st.button(
            "Enter it in my setting",
            key="lab_use_it",
            help="Of a base rate, the others give way. Undo brings the old number back",
            on_click=lab_apply.enter,
            args=(setting, network, turn.number, turn.needed),
        )
