"""Every number, to be searched; and one variable's numbers as a table to read."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import pandas as pd
import streamlit as st

from bme_bayes.network import Network
from bme_bayes.questions.words import in_sentence
from bme_bayes.ui import number_link, number_table
from bme_bayes.ui.cards import address
from bme_bayes.ui.guard import link, literal
from bme_bayes.ui.number_link import BASIS, KINDS, SEARCH
from bme_bayes.ui.number_table import BASES, QUANTITIES
from bme_bayes.ui.parts import net_number

ONE = "net_one"
IN_FULL = 3
UNBROKEN = 18
ABOUT = {
    "finding": "How many of 100 such patients have it, with the 95 % interval.",
    "risk": "How many of 100 patients of the setting have it; then odds ratios: how a diagnosis "
    "changes the odds of it. In brackets the 95 % interval.",
    "diagnosis": "How many of 100 patients with marrow edema have it in this setting; then how "
    "many of 100 with it have each kind of it. In brackets the 95 % interval.",
}
ROLES = ("diagnosis", "finding", "risk", "context", "process", "sign")
HEADS: dict[str, Any] = {
    "what": st.column_config.TextColumn("Of", width=190),
    "state": st.column_config.TextColumn("State", width=90),
    "among": st.column_config.TextColumn("Among", width=230),
    "value": st.column_config.NumberColumn("Value", format="%.3g"),
    "low": st.column_config.NumberColumn("From", format="%.3g"),
    "high": st.column_config.NumberColumn("To", format="%.3g"),
    "n": st.column_config.NumberColumn("Weight", format="%.3g"),
    "basis": st.column_config.TextColumn("Grade", width=100),
    "sources": st.column_config.TextColumn("Sources", width=200),
    "link": st.column_config.LinkColumn("DOI or PMID", width=120),
    "kind": st.column_config.TextColumn("Kind of number", width=150),
    "note": "Note",
}


def _version(network: Network) -> str:
    return f"{network.region} {network.version}"


@st.cache_data(show_spinner=False, max_entries=16, hash_funcs={Network: _version})
def _table(network: Network) -> pd.DataFrame:
    """The numbers of a region, worked out once a version."""
    return number_table.table(network)


def _filtered(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that fit what has been typed and chosen."""
    words = st.text_input(
        "Search",
        key=SEARCH,
        icon=":material/search:",
        placeholder="e.g. CRP infection, steroids, Ikemura",
        persist_state="session",
        width=460,
    )
    present = set(rows["basis"])
    kinds = _several("Kind of number", list(QUANTITIES.values()), KINDS)
    bases = _several("Grade", [b for b in BASES.values() if b in present], BASIS)
    found = number_table.matching(rows, words or "")
    found = found[found["kind"].isin(kinds)] if kinds else found
    return found[found["basis"].isin(bases)] if bases else found


def _unbroken(text: str) -> str:
    """Text that breaks only after so many characters: a wide table scrolls where it is narrow."""
    return " ".join(line.replace(" ", "\N{NO-BREAK SPACE}") for line in wrap(text, UNBROKEN))


def _several(label: str, options: list[str], key: str) -> list[str]:
    return st.pills(
        label, options, selection_mode="multi", key=key, persist_state="session", wrap=True
    )


def draw(network: Network) -> None:
    """The searchable table of all numbers."""
    rows = _table(network)
    found = _filtered(rows)
    st.caption(
        f"{len(found)} of {len(rows)} numbers. From and to: 95 % interval. Weight: for how "
        "many patients the number counts. Shares lie between 0 and 1. Choose a row to read "
        "all that it rests on."
    )
    if found.empty:
        st.info("No number fits. Use fewer or other words, or choose fewer filters.")
        return
    shown = found.drop(columns="text")
    event = st.dataframe(
        shown,
        hide_index=True,
        height=min(520, 37 * len(shown) + 39),
        key="net_table",
        alt=f"Table of {len(found)} numbers of the model with their sources",
        on_select="rerun",
        selection_mode="single-row",
        column_config=HEADS,
    )
    chosen = [i for i in event["selection"]["rows"] if i < len(shown)]
    numbers = list(number_table.all_numbers(network))
    in_full = found.index[chosen] if chosen else found.index[:IN_FULL]
    if chosen or len(found) <= IN_FULL:
        for index in in_full:
            net_number.draw(network, numbers[index])
    st.download_button(
        "Download as CSV",
        shown.to_csv(index=False).encode(),
        file_name=f"numbers_{network.region}_{network.version}.csv",
        mime="text/csv",
        key="net_download",
        icon=":material/download:",
    )


def one(network: Network) -> None:
    """One finding, risk factor or diagnosis: its numbers as a table to read, and its sources."""
    names = [v.id for v in network.of_role(*ROLES)]
    if st.session_state.get(ONE) not in (None, *names):
        del st.session_state[ONE]
    name = st.selectbox(
        "Finding, risk factor or diagnosis",
        names,
        index=names.index("serpentine_band") if "serpentine_band" in names else 0,
        format_func=lambda v: network.variables[v].label,
        key=ONE,
        persist_state="session",
        width=460,
    )
    variable = network.variable(name)
    st.caption(ABOUT.get(variable.role, ABOUT["finding"]))
    read = number_table.of_diagnosis if variable.role == "diagnosis" else number_table.by_cause
    head, rows = read(network, name)
    head = list(map(_unbroken, head))
    cells = [[_unbroken(literal(cell)) for cell in row] for row in rows]
    st.table(pd.DataFrame(cells, columns=head).set_index(head[0]), border="horizontal")
    if variable.process:
        process = network.variable(variable.process).label
        st.markdown(f"It moves with other signs of the same process: {in_sentence(process)}.")
    st.button(
        "Each of these numbers with its source",
        key="net_of_one",
        icon=":material/search:",
        on_click=number_link.search,
        args=(f":{name}:",),
    )
    about = [n for n in number_table.all_numbers(network) if n.child == name]
    keys = dict.fromkeys(s for n in about for s in n.sources)
    known = [network.sources[k] for k in keys if k in network.sources]
    with st.expander(f"What these numbers rest on ({len(known)} sources)"):
        st.markdown("\n".join(f"- {link(s.reference, address(s))}" for s in known))
