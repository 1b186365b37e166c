"""All sources: what each is, and what was taken from it."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import streamlit as st

from bme_bayes.network import Network
from bme_bayes.reading import read_claims
from bme_bayes.sources import Claim, Source
from bme_bayes.ui.cards import address, brief
from bme_bayes.ui.guard import link, literal

SEARCH, PICK = "net_source_search", "net_source"
KEY = re.compile(r"[A-Za-z_]\w+")
WIDTHS: dict[str, Any] = {
    "Source": st.column_config.TextColumn(width=130),
    "Title": st.column_config.TextColumn(width=360),
    "Journal": st.column_config.TextColumn(width=140),
    "Design": st.column_config.TextColumn(width=110),
    "Figures read": st.column_config.NumberColumn(width=90),
    "Numbers here": st.column_config.NumberColumn(width=100),
    "Link": st.column_config.LinkColumn(
        "DOI or PMID", width=220, display_text=r"https://[^/]+/(.*?)/?$"
    ),
}


@st.cache_data(show_spinner=False)
def _claims() -> dict[str, list[Claim]]:
    """Published figures by source."""
    out: dict[str, list[Claim]] = {}
    for claim in read_claims().values():
        out.setdefault(claim.source, []).append(claim)
    return out


def draw(network: Network) -> None:
    """A searchable table of the sources, and the figures that one of them gave."""
    claims = _claims()
    words = st.text_input(
        "Search",
        key=SEARCH,
        icon=":material/search:",
        placeholder="e.g. Ikemura, meta-analysis, DOI",
        persist_state="session",
        width=460,
    )
    found = [s for s in network.sources.values() if _fits(s, words or "")]
    used = dict.fromkeys(network.sources, 0)
    for number in network.numbers.values():
        for key in number.sources:
            used[key] = used.get(key, 0) + 1
    st.caption(f"{len(found)} of {len(network.sources)} sources.")
    rows = [
        (brief(s), s.title, s.journal, s.design, len(claims.get(s.id, [])), used[s.id], address(s))
        for s in found
    ]
    heads = ["Source", "Title", "Journal", "Design", "Figures read", "Numbers here", "Link"]
    st.dataframe(
        pd.DataFrame(rows, columns=heads),
        hide_index=True,
        height=min(380, 36 * (len(rows) + 1) + 3),
        key="net_source_table",
        alt=f"Table of {len(found)} sources",
        column_config=WIDTHS,
    )
    if not found:
        st.info("No source fits. Use fewer or other words.")
    else:
        _one({s.id: s for s in found}, claims, network)


def _one(found: dict[str, Source], claims: dict[str, list[Claim]], network: Network) -> None:
    if st.session_state.get(PICK) not in (None, *found):
        del st.session_state[PICK]
    picked = st.selectbox(
        "What was taken from",
        list(found),
        format_func=lambda s: f"{brief(found[s])}: {found[s].title[:70]}",
        key=PICK,
        persist_state="session",
    )
    source = found[picked]
    st.markdown(link(source.reference, address(source)))
    about = [f"design: {source.design}", f"read: {source.seen.replace('_', ' ')}"]
    st.caption(literal("; ".join(p for p in about if not p.endswith(": "))))
    lines = [f"- {literal(f'{c.words} {_named(c.note, network)}')}" for c in claims.get(picked, [])]
    st.markdown("\n".join(lines) or "No single figure was taken; it is a source of text.")


def _named(note: str, network: Network) -> str:
    """A note in which other sources go by author and year."""

    def name(match: re.Match[str]) -> str:
        source = network.sources.get(match.group())
        return brief(source) if source else match.group()

    return KEY.sub(name, note)


def _fits(source: Source, words: str) -> bool:
    text = f"{source.id} {source.reference} {source.design} {source.pmid}".casefold()
    return all(word in text for word in words.casefold().split())
