"""What every page but the explorer shares: failures become messages, text stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import streamlit as st

from bme_bayes.errors import BmeBayesError, Contradiction
from bme_bayes.questions.words import in_sentence
from bme_bayes.ui.failures import note
from bme_bayes.ui.model import catalogue
from bme_bayes.ui.words import finding_and_answer, listed

ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|~$:&])")
DISCLAIMER = (
    "Decision support for professionals and for teaching; not a medical device, and no "
    "substitute for judgement."
)


def guarded(draw: Callable[..., None], *args: object) -> None:
    """Draw a part of a page; a failure becomes a message, and what was entered is kept."""
    try:
        draw(*args)
    except Contradiction as error:
        st.error(f"In the model {excluding(error)} exclude each other, so it has no answer.")
    except BmeBayesError as error:
        note("the model could not answer", error)
        st.error("The model cannot answer this. What you entered is kept; change one of the rest.")
    except Exception as error:  # noqa: BLE001 - a failure becomes a message
        note("a part of the page failed", error)
        st.error("This part of the page failed. What you entered is kept.")


def excluding(error: Contradiction) -> str:
    """The findings that exclude each other, by their labels."""
    known = catalogue()
    pairs = [f.partition("=")[::2] for f in error.findings]
    named = [
        in_sentence(finding_and_answer(known[f], state))
        if state in known[f].states
        else in_sentence(known[f].label)
        for f, state in pairs
        if f in known
    ]
    return listed([f"“{name}”" for name in named]) if named[1:] else "these findings"


def chart(spec: dict[str, Any], key: str) -> None:
    """Draw a chart; its description is what people hear who cannot see it."""
    drawn = {name: part for name, part in spec.items() if name != "description"}
    st.vega_lite_chart(drawn, key=key, alt=spec["description"])


def literal(text: str) -> str:
    """Text in which Markdown has nothing to act on."""
    return ACTIVE.sub(r"\\\1", " ".join(text.split()))


def link(text: str, address: str) -> str:
    """A Markdown link, or the text alone where the address is not one of the web."""
    try:
        web = urlsplit(address).scheme in ("http", "https")
    except ValueError:
        web = False
    return f"[{literal(text)}](<{quote(address, safe=':/?&=%#;,+@~')}>)" if web else literal(text)
