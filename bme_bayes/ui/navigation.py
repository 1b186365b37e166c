"""The app's pages and how they are reached."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from bme_bayes.ui.housekeeping import settle

PAGES = Path(__file__).resolve().parent / "pages"


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
    explorer = st.Page(
        PAGES / "explorer.py",
        title="Explorer",
        help="Enter findings; see the likely and the dangerous causes, and what to look for next.",
        default=True,
    )
    teach = st.Page(
        PAGES / "teach.py",
        title="Teach",
        help="Published cases step by step, and lessons on the live model.",
    )
    network = st.Page(
        PAGES / "network.py",
        title="Network and sources",
        help="The graph, every number with its source, reference cards, questions and terms.",
    )
    compare = st.Page(
        PAGES / "compare.py",
        title="Compare",
        help="Up to four scenarios side by side: what if a finding or the clinic were different?",
    )
    prior_lab = st.Page(
        PAGES / "prior_lab.py",
        title="Prior lab",
        help="For researchers: edit base rates and links, and see what changes.",
    )
    cohort = st.Page(
        PAGES / "cohort.py",
        title="Cohort",
        help="Upload a table of patients: probabilities for each, and scores where known.",
    )
    st.navigation([explorer, compare, teach, network, prior_lab, cohort], position="top").run()
