"""Reference cards, the glossary, common questions, and what of the overview they cover."""

from __future__ import annotations

import streamlit as st

from bme_bayes.library import app_path
from bme_bayes.network import Network
from bme_bayes.ui.cards import Card, address, coverage, load_cards, numbered
from bme_bayes.ui.guard import link

PICK = "net_card"


def draw(network: Network) -> None:
    """A reference card to choose, with its list of sources."""
    cards = {c.id: c for c in load_cards() if c.kind not in ("terms", "questions")}
    picked = st.selectbox(
        "Card",
        list(cards),
        format_func=lambda c: cards[c].title,
        key=PICK,
        persist_state="session",
        width=460,
    )
    card = cards[picked]
    st.subheader(card.title, anchor=False)
    st.markdown(f"*{card.summary}*")
    for title, body in card.sections:
        st.markdown(f"#### {title}\n\n{numbered(body, card, network.sources)}")
    _sources(card, network)


def terms(network: Network) -> None:
    """The glossary."""
    card = _card("terms")
    st.markdown(numbered(card.intro, card, network.sources))
    words = st.text_input(
        "Find a term", key="net_term", icon=":material/search:", persist_state="session", width=340
    )
    wanted = (words or "").casefold()
    found = False
    for title, body in card.sections:
        lines = [line for line in body.splitlines() if wanted in line.casefold()]
        if any(line.strip() for line in lines):
            found = True
            text = "\n".join(lines)
            st.markdown(f"#### {title}\n\n{numbered(text, card, network.sources)}")
    if not found:
        st.info("No term fits.")
    _sources(card, network)


def questions(network: Network) -> None:
    """What people ask, each with its answer."""
    card = _card("questions")
    st.markdown(numbered(card.intro, card, network.sources))
    for number, (title, body) in enumerate(card.sections):
        with st.expander(title, expanded=number == 0):
            st.markdown(numbered(body, card, network.sources))
    _sources(card, network)


def covered(_network: Network) -> None:
    """What the general texts on marrow edema say, and which card explains it."""
    cards = load_cards()
    rows = coverage(_coverage_text(), cards)
    st.caption(
        "What four general texts on marrow edema for patients and doctors say, point by "
        "point; after each, the cards (under “Cards”) that explain it and show what studies found."
    )
    lines = [f"- **{said or point}.** {titles}." for point, said, titles in rows]
    st.markdown("\n".join(lines))


def _card(name: str) -> Card:
    return next(c for c in load_cards() if c.id == name)


def _coverage_text() -> str | None:
    """The coverage table of a clone; an installed package has none."""
    path = app_path().parent / "docs" / "coverage.md"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _sources(card: Card, network: Network) -> None:
    known = [(n, network.sources.get(k)) for n, k in enumerate(card.sources, 1)]
    with st.expander(f"Sources ({len(card.sources)})", key=f"net_sources:{card.id}"):
        lines = [f"{n}. {link(s.reference, address(s))}" for n, s in known if s]
        st.markdown("\n".join(lines))
