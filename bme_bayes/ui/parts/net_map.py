"""The graph of a region, whole or around one variable, with its links in words."""

from __future__ import annotations

import math

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.ui import charts, session, state
from bme_bayes.ui.network_links import Edge, edges, neighbours
from bme_bayes.ui.network_map import PICK, TITLES, Spec, map_spec
from bme_bayes.ui.words import answer

WHOLE = "Everything (strong links)"
CHOSEN, DRAWN = "net_variable", "net_map"
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
    lit = {f: answer(network.variable(f), c) for f, c in used.items()}
    st.caption(
        f"From left to right: {', '.join(t.lower() for t in TITLES)}. Choose a name, or "
        "click its point, to read its links in words."
    )
    _chart(map_spec(network, name, lit, charts.palette(st.context.theme.type)))
    st.caption(
        "Blue line: makes more likely; orange: less likely; grey: either; thicker is stronger. "
        "Diamonds and their answers are entered in the explorer now."
    )
    if name:
        _lists(network, name)


def _chart(spec: Spec) -> None:
    drawn = {key: part for key, part in spec.items() if key != "description"}
    st.vega_lite_chart(
        drawn, key=DRAWN, alt=spec["description"], on_select=_pick, selection_mode=PICK
    )


def _pick() -> None:
    """Callback: a point has been clicked; show the links of its variable."""
    points = st.session_state[DRAWN]["selection"].get(PICK, [])
    if points:
        st.session_state[CHOSEN] = points[0]["id"]


def _lists(network: Network, name: str) -> None:
    inward, outward = neighbours(edges(network), name)
    st.markdown(
        "How strong a link is: the factor on the odds (of a risk factor) or on the frequency (of a "
        "finding), compared with patients without the diagnosis, where it is strongest."
    )
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
