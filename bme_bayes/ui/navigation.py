"""The app's pages and how they are reached."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from bme_bayes.ui import session
from bme_bayes.ui.housekeeping import settle

PAGES = Path(__file__).resolve().parent / "pages"
FIRST = "explorer"
TITLES = {
    FIRST: (
        "Explorer",
        "Enter findings; see the likely and the dangerous causes, and what to look for next.",
    ),
    "compare": (
        "Compare",
        "Up to four scenarios side by side: what if a finding or the clinic were different?",
    ),
    "teach": ("Teach", "Published cases step by step, and lessons on the live model."),
    "network": (
        "Network and sources",
        "The graph, every number with its source, reference cards, questions and terms.",
    ),
    "prior_lab": (
        "Prior lab",
        "For researchers: edit base rates and links, and see what changes.",
    ),
    "cohort": (
        "Cohort",
        "Upload a table of patients: probabilities for each, and scores where known.",
    ),
}
"""Every page with its title and what it is for, in the order of the navigation."""


def run() -> None:
    """Set up the page and show the chosen one.

    Pages have no `icon`: the browser would fetch a Material icon for its tab from another host.
    """
    settle()
    st.set_page_config(
        page_title="Bone marrow edema explorer",
        page_icon="🦴",  # drawn by the browser itself
        layout="wide",
    )
    pages = [
        st.Page(PAGES / f"{name}.py", title=title, help=told, default=name == FIRST)
        for name, (title, told) in TITLES.items()
    ]
    st.navigation(pages, position="top").run()
    session.keep_link()
