"""Tables as notebooks show them; markup in names and labels stays text."""

from __future__ import annotations

from typing import Any

import pandas as pd


def table_html(frame: pd.DataFrame, **formats: Any) -> str:
    """A table as HTML; `formats` are those of `pandas.io.formats.style.Styler.format`."""
    style = frame.style.format(escape="html", **formats)
    for axis in (0, 1):
        style = style.format_index(escape="html", axis=axis)
    return str(style.to_html())
