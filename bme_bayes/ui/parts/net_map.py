"""The graph of a region, whole or around one variable, with its links in words."""

from __future__ import annotations

import math

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.ui import charts, session, state
from bme_bayes.ui.guard import chart
from bme_bayes.ui.network_map import TITLES, Edge, edges, map_spec, neighbours

WHOLE = "Everything (strong links)"
CHOSEN = "net_variable"
LISTED = 12
GROUPED = {"context": 0, "risk": 1, "diagnosis": 2, "process": 3, "sign": 4, "finding": 4}


def draw(network: Network) -> None:
    """The graph and, for one variable, its links as lists."""
    names = sorted(network.variables, key=lambda v: GROUPED[network.variable(v).role])
    if st.session_state.get(CHOSEN) not in (None, WHOLE, *names):
        st.session_state[CHOSEN] = WHOLE
    picked = st.selectbox(
        "Show the links of",
        [WHOLE, *names],
        format_func=lambda v: network.variables[v].label if v in network.variables else v,
        key=CHOSEN,
        persist_state="session",
        width=460,
    )
    name = None if picked == WHOLE else picked
    used = state.split(session.explorer().case, network).used
    colors = charts.palette(st.context.theme.type)
    st.caption(f"From left to right: {', '.join(t.lower() for t in TITLES)}.")
    chart(map_spec(network, name, used, colors), "net_map")
    st.caption(
        "Blue line: makes more likely; orange: less likely; grey: either; thicker is stronger. "
        "Orange names are entered in the explorer now."
    )
    if name:
        _lists(network, name)


def _lists(network: Network, name: str) -> None:
    inward, outward = neighbours(edges(network), name)
    left, right = st.columns(2, gap="large")
    with left:
        _list("What bears on it", [(e.source, e) for e in inward], network)
    with right:
        _list("What it bears on", [(e.target, e) for e in outward], network)


def _list(title: str, found: list[tuple[str, Edge]], network: Network) -> None:
    st.markdown(f"**{title}** ({len(found)})")
    lines = [f"- {network.variable(v).label}: {strength(e)}" for v, e in found]
    st.markdown("\n".join(lines[:LISTED]) or "Nothing in the model.")
    if lines[LISTED:]:
        with st.expander(f"{len(lines) - LISTED} more, weaker"):
            st.markdown("\n".join(lines[LISTED:]))


def strength(edge: Edge) -> str:
    """A link's strength: a factor on odds or frequency, at its strongest."""
    factor = math.exp(edge.strength)
    shown = f"{factor:.1f}" if factor < 10 else f"{factor:.0f}"
    words = {"raises": "times {}", "lowers": "divided by {}", "either": "changes by up to {}"}
    return words[edge.way].format(shown)
