"""Every number, to be searched; and one variable's numbers as a table to read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from bme_bayes.network import Network
from bme_bayes.ui import number_table
from bme_bayes.ui.cards import address
from bme_bayes.ui.guard import link, literal
from bme_bayes.ui.number_table import BASES, QUANTITIES

SEARCH, KINDS, BASIS, ONE = "net_search", "net_kinds", "net_basis", "net_one"
HEADS = {
    "kind": "Kind of number",
    "what": "Of",
    "state": "State",
    "among": "Among",
    "value": "Value",
    "low": "From",
    "high": "To",
    "n": "Weight (n)",
    "basis": "Basis",
    "sources": "Sources",
    "link": "DOI or PMID",
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
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            "Search",
            key=SEARCH,
            icon=":material/search:",
            placeholder="e.g. CRP infection, steroids, Ikemura",
            persist_state="session",
            width=340,
        )
        kinds = st.multiselect(
            "Kind of number", list(QUANTITIES.values()), key=KINDS, persist_state="session"
        )
        bases = st.multiselect("Basis", list(BASES.values()), key=BASIS, persist_state="session")
    found = number_table.matching(rows, words or "")
    found = found[found["kind"].isin(kinds)] if kinds else found
    return found[found["basis"].isin(bases)] if bases else found


def draw(network: Network) -> None:
    """The searchable table of all numbers."""
    rows = _table(network)
    found = _filtered(rows)
    st.caption(
        f"{len(found)} of {len(rows)} numbers. From and to: 95 % interval. Weight: the number of "
        "patients that the number counts for. Shares lie between 0 and 1."
    )
    shown = found.drop(columns="text")
    st.dataframe(
        shown,
        hide_index=True,
        height=520,
        key="net_table",
        alt=f"Table of {len(found)} numbers of the model with their sources",
        column_config={
            **HEADS,
            "kind": st.column_config.TextColumn("Kind of number", width=130),
            "what": st.column_config.TextColumn("Of", width=190),
            "state": st.column_config.TextColumn("State", width=90),
            "among": st.column_config.TextColumn("Among", width=230),
            "value": st.column_config.NumberColumn("Value", format="%.3g"),
            "low": st.column_config.NumberColumn("From", format="%.3g"),
            "high": st.column_config.NumberColumn("To", format="%.3g"),
            "link": st.column_config.LinkColumn("DOI or PMID"),
        },
    )
    st.download_button(
        "Download as CSV",
        shown.to_csv(index=False).encode(),
        file_name=f"numbers_{network.region}_{network.version}.csv",
        mime="text/csv",
        key="net_download",
        icon=":material/download:",
    )


def one(network: Network) -> None:
    """How often one finding is seen by diagnosis, as a table to read, with its sources."""
    names = [v.id for v in network.of_role("finding", "risk", "context", "process", "sign")]
    if st.session_state.get(ONE) not in (None, *names):
        del st.session_state[ONE]
    name = st.selectbox(
        "Finding or risk factor",
        names,
        index=names.index("serpentine_band") if "serpentine_band" in names else 0,
        format_func=lambda v: network.variables[v].label,
        key=ONE,
        persist_state="session",
        width=460,
    )
    variable = network.variable(name)
    head, rows = number_table.by_cause(network, name)
    if variable.role == "risk":
        st.caption("Odds ratios: how a diagnosis changes the odds of the risk factor.")
    else:
        st.caption("How many of 100 such patients have it, with the 95 % interval.")
    cells = [[literal(cell) for cell in row] for row in rows]
    st.table(pd.DataFrame(cells, columns=head).set_index(head[0]), border="horizontal")
    keys = dict.fromkeys(s for n in network.about(name) if n.child == name for s in n.sources)
    known = [network.sources[k] for k in keys if k in network.sources]
    with st.expander(f"What these numbers rest on ({len(known)} sources)"):
        st.markdown("\n".join(f"- {link(s.reference, address(s))}" for s in known))
