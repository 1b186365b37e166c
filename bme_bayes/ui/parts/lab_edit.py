"""The tables of the Prior lab in which numbers are edited."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bme_bayes.learning.learned import LEAST_PAIRS
from bme_bayes.network import Network, Number
from bme_bayes.priors import PriorSet
from bme_bayes.ui import lab_cells, lab_rows, lab_session, lab_settings
from bme_bayes.ui.guard import literal
from bme_bayes.ui.lab_cells import FIGURES, HIGH, LOW, VALUE, WEIGHT
from bme_bayes.ui.lab_rows import BUNDLED, USUAL_MOST, Table
from bme_bayes.ui.lab_session import BASES, DRAFTS
from bme_bayes.ui.words import short

WHAT, ONE, AMONG = "lab_what", "lab_link", "lab_among"
RATES, LINKS, MIX = "Base rates", "Links", "Who comes"
SHOWN_FAULTS = 5
HELP = {
    VALUE: "A share between 0 and 1 (0.05 is 5 %), or an odds ratio above 0",
    LOW: "Lower end of the 95 % interval",
    HIGH: "Upper end of the 95 % interval",
    WEIGHT: "How many patients the number counts for",
    BUNDLED: "The value in the setting that this one goes back to",
}
WIDTHS = {"Diagnosis": 200, "State": 105, "Of": 230, "Kind of number": 130, "Among": 230}
Take = Callable[[list[Number]], PriorSet]


def draw(region: str, setting: str, notices: DeltaGenerator) -> None:
    """The chosen table; what is typed is taken over when there is no fault.

    Faults and what can be done about them are drawn into `notices`, so that the table stays put.
    """
    what = st.segmented_control(
        "Edit",
        [RATES, LINKS, MIX],
        default=RATES,
        required=True,
        key=WHAT,
        persist_state="session",
    )
    network = lab_session.network_of(region, setting)
    prior = lab_session.prior_of(setting)
    origin = lab_session.prior_of(lab_session.origin_of(setting))
    if what == LINKS:
        table, name = _links(network)
        _edit(table, f"{LINKS}:{name}", region, setting, notices,
              lambda numbers: lab_settings.with_links(prior, network, numbers))  # fmt: skip
    elif what == MIX:
        table = lab_rows.mix_table(network, prior, origin)
        _edit(table, MIX, region, setting, notices,
              lambda numbers: lab_settings.with_mix(prior, numbers))  # fmt: skip
    else:
        table = lab_rows.rates_table(network, prior, origin)
        _edit(table, RATES, region, setting, notices,
              lambda numbers: lab_settings.with_base(prior, region, numbers))  # fmt: skip


def _links(network: Network) -> tuple[Table, str]:
    """The numbers of one variable, among all or among the patients with one diagnosis."""
    names = [v.id for v in network.variables.values() if lab_rows.links_of(network, v.id)]
    labels = {v.id: v.label for v in network.diagnoses}
    for key, known in ((ONE, names), (AMONG, ["", *labels])):
        if st.session_state.get(key) not in (None, *known):
            del st.session_state[key]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Finding, risk factor or diagnosis",
            names,
            index=names.index("crp") if "crp" in names else 0,
            format_func=lambda v: network.variables[v].label,
            key=ONE,
            persist_state="session",
            help="The links that lead to it. Of a diagnosis: the shares of its kinds",
            width=330,
        )
        diagnosis = st.selectbox(
            "Among patients with",
            ["", *labels],
            format_func=lambda d: short(d, labels) if d else "any diagnosis",
            key=AMONG,
            persist_state="session",
            width=250,
        )
    if not any(n.cause.partition(".")[0] == diagnosis for n in lab_rows.links_of(network, name)):
        diagnosis = ""
    return lab_rows.links_table(network, name, diagnosis), f"{name}:{diagnosis}"


def _edit(
    table: Table, kind: str, region: str, setting: str, notices: DeltaGenerator, take: Take
) -> None:
    own = lab_settings.is_own(setting)
    key = f"lab_table:{kind}:{region}:{setting}:{st.session_state.get(lab_session.MOUNT, 0)}"
    frame = _frame(table, key, own)
    usual = kind != RATES or _sum(frame, lab_session.prior_of(setting))
    if not own:
        return
    numbers, faults = table.take(frame)
    if kind == RATES and not faults:
        faults = lab_rows.rate_faults(lab_session.prior_of(setting), table, numbers)
    if faults:
        with notices:
            _tell(faults)
            _moves(table, kind, key, setting, take)
    elif table.edited(frame):
        lab_session.change(setting, take(numbers))
        st.rerun()
    elif not usual:
        _give_way_button(table, key, setting, take)


def _frame(table: Table, key: str, own: bool) -> pd.DataFrame:
    """The table as typed. It is drawn from one frame until it is drawn anew, or edits are lost."""
    drafts: dict[str, pd.DataFrame] = st.session_state.setdefault(DRAFTS, {})
    bases: dict[str, pd.DataFrame] = st.session_state.setdefault(BASES, {})
    if key not in st.session_state or key not in bases:
        bases[key] = drafts.get(key, table.frame())
    figure = st.column_config.NumberColumn
    words = [c for c in bases[key].columns if c not in (*FIGURES, BUNDLED)]
    frame = st.data_editor(
        bases[key],
        key=key,
        hide_index=True,
        disabled=[*words, BUNDLED] if own else True,
        height=min(38 + 35 * len(bases[key]), 560),
        alt=f"Table of {len(bases[key])} numbers to edit",
        column_config={
            **{
                w: st.column_config.TextColumn(w, pinned=w == words[0], width=WIDTHS.get(w))
                for w in words
            },
            **{c: figure(c, help=HELP[c], format="%.4g", width=74) for c in (*FIGURES, BUNDLED)},
        },
    )
    drafts[key] = frame
    return frame


def _sum(frame: pd.DataFrame, prior: PriorSet) -> bool:
    """Says what the base rates sum to; whether that is usual."""
    total = float(pd.to_numeric(frame[VALUE], errors="coerce").sum())
    usual = 1 - prior.none + LEAST_PAIRS <= total <= USUAL_MOST
    st.caption(
        f"The base rates of this region sum to **{total:.3f}**: 1 for each patient, and the rest "
        "for those with more than one diagnosis."
    )
    if not usual:
        st.markdown(f":material/warning: Usual is a sum of 1 to {USUAL_MOST}.")
    return usual


def _tell(faults: list[lab_cells.Fault]) -> None:
    lines = [f"- {literal(f.words())}" for f in faults[:SHOWN_FAULTS]]
    more = len(faults) - SHOWN_FAULTS
    if more > 0:
        lines.append(f"- and {more} more")
    st.error("\n".join(lines), title="Not taken over yet", icon=":material/edit_off:")


def _moves(table: Table, kind: str, key: str, setting: str, take: Take) -> None:
    """What can be done with a table that has been edited, but cannot be taken over yet."""
    with st.container(horizontal=True):
        if kind == RATES:
            _give_way_button(table, key, setting, take)
        st.button(
            "Fit the intervals",
            key="lab_fit",
            help="Sets From and To of the edited rows to what goes with their value and weight",
            on_click=_fit,
            args=(table, key),
        )
        st.button(
            "Discard these edits",
            key="lab_discard",
            on_click=lab_session.remount,
        )


def _give_way_button(table: Table, key: str, setting: str, take: Take) -> None:
    total = sum(n.value for n in table.bundled)
    st.button(
        "Let the others give way",
        key="lab_give_way",
        help="Scales the base rates that were not entered by hand, so that all sum to "
        f"{total:.3g} as in the bundled setting",
        on_click=_give_way,
        args=(table, key, setting, take),
    )


def _give_way(table: Table, key: str, setting: str, take: Take) -> None:
    try:
        numbers = lab_rows.give_way(table, _fitted(table, key))
    except lab_rows.NoRoom:
        st.toast("Nothing is left for the others, or a cell has a fault: see the message.")
        return
    lab_session.change(setting, take(numbers))
    lab_session.remount()


def _fit(table: Table, key: str) -> None:
    frame = _fitted(table, key)
    lab_session.remount()
    new = key.rpartition(":")[0] + f":{st.session_state[lab_session.MOUNT]}"
    st.session_state[DRAFTS][new] = frame


def _fitted(table: Table, key: str) -> pd.DataFrame:
    """The table as typed, with the intervals of the edited rows fitted where they can be."""
    frame: pd.DataFrame = st.session_state[DRAFTS][key].copy()
    for row in table.edited(frame):
        value, weight = frame[VALUE].iloc[row], frame[WEIGHT].iloc[row]
        found = lab_cells.fitted_or_none(table.numbers[row], value, weight)
        if found is not None:
            for column, x in zip(FIGURES, found, strict=True):
                frame.loc[frame.index[row], column] = x
    return frame
