"""A table to read, whose cells are text and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from bme_bayes.ui.guard import literal


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose first column names the rows; Markdown in it is shown as it is typed."""
    cells = [[literal(cell) for cell in row] for row in rows]
    names = [literal(name) for name in head]
    st.table(pd.DataFrame(cells, columns=names).set_index(names[0]), border="horizontal")
