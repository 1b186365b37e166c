"""Sources, one click away."""

from __future__ import annotations

import re
from collections.abc import Iterable

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.ui.cards import address
from bme_bayes.ui.guard import link, literal

YEAR_FIRST = re.compile(r"^(\d+)\.")


def references(network: Network, keys: Iterable[str], numbered: bool = False) -> str:
    """The sources of these keys as a list, numbered in their order or not."""
    lines = []
    for number, key in enumerate(dict.fromkeys(keys), 1):
        source = network.sources.get(key)
        told = link(source.reference, address(source)) if source else literal(key)
        # Markdown would take a year at the beginning for the number of a list.
        told = YEAR_FIRST.sub(r"\1\.", told)
        lines.append(f"{number}. {told}" if numbered else f"- {told}")
    return "\n".join(lines) or "- None is named."


def popover(network: Network, said: Iterable[tuple[str, str]], key: str, title: str) -> None:
    """A button that opens what is said, each with the source behind it."""
    with st.popover(title, icon=":material/menu_book:", key=key, type="tertiary"):
        for text, source in said:
            st.markdown(f"{literal(text)}\n{references(network, [source])}")
