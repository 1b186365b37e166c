"""One number in full: value, interval, weight, grade, and every figure that it was made of."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network, Number
from bme_bayes.questions.trace import Traced, TracedClaim, trace
from bme_bayes.questions.words import in_sentence
from bme_bayes.ui.cards import address, brief
from bme_bayes.ui.guard import link, literal
from bme_bayes.ui.number_table import GRADES, QUANTITIES, among, heading, shown

LISTED = 8


def draw(network: Network, number: Number) -> None:
    """The number with what it rests on, in a box."""
    with st.container(border=True):
        st.markdown(f"**{literal(heading(network, number))}**")
        quantity = QUANTITIES.get(number.quantity, number.quantity)
        whom = literal(in_sentence(among(network, number)))
        st.markdown(
            f"{quantity}, among {whom}: **{literal(shown(number))}**. "
            f"Weight: {number.n:.3g} patients."
        )
        st.markdown(GRADES.get(number.basis, number.basis))
        if number.note:
            st.caption(literal(f"Note: {number.note}"))
        found = next((t for t in trace(network, number.child) if t.number == number), None)
        if found:
            _rests_on(found)


def _rests_on(found: Traced) -> None:
    lines = [_figure(c) for c in found.claims]
    lines += [f"- {link(s.reference, address(s))}" for s in found.others]
    if not lines:
        return
    st.markdown("Made of:\n\n" + "\n".join(lines[:LISTED]))
    if lines[LISTED:]:
        with st.expander(f"{len(lines) - LISTED} more"):
            st.markdown("\n".join(lines[LISTED:]))


def _figure(traced: TracedClaim) -> str:
    """A published figure: source, value, patients, place on the page, and how far it counts."""
    claim, source = traced.claim, traced.source
    name = link(brief(source), address(source)) if source else literal(claim.source)
    counts = f"Counts for {traced.weight} patients: {traced.reason}" if traced.weight else ""
    return f"- {name}: {literal(claim.words)}. {literal(counts)}"
