"""The app's pages and how they are reached."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).resolve().parent / "pages"


def run() -> None:
    """Set up the page and show the chosen one."""
    st.set_page_config("Bone marrow edema explorer", layout="wide")
    st.navigation([st.Page(PAGES / "explorer.py", title="Explorer", default=True)]).run()
