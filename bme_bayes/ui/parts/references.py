"""Sources, one click away."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.ui.cards import address
from bme_bayes.ui.guard import link, literal


def references(network: Network, keys: Iterable[str]) -> str:
    """The sources of these keys as a list."""
    known = [network.sources[key] for key in dict.fromkeys(keys) if key in network.sources]
    return "\n".join(f"- {link(s.reference, address(s))}" for s in known) or "- None is named."


def popover(network: Network, said: Iterable[tuple[str, str]], key: str, title: str) -> None:
    """A button that opens what is said, each with the source behind it."""
    with st.popover(title, icon=":material/menu_book:", key=key, type="tertiary"):
        for text, source in said:
            st.markdown(f"{literal(text)}\n{references(network, [source])}")
