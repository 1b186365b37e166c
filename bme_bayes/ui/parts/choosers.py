"""The choice of a region and of a setting, as pages other than the explorer offer them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from bme_bayes.network import REGIONS
from bme_bayes.reading import region_label


def region(key: str, first: str, explained: str | None = None) -> str:
    """The chosen region, `first` until another is chosen; kept in the session under `key`."""
    st.session_state.setdefault(key, first)
    chosen = st.segmented_control(
        "Region",
        list(REGIONS.values()),
        format_func=region_label,
        required=True,
        key=key,
        persist_state="session",
        wrap=True,
        help=explained,
    )
    return chosen or first


def setting(
    label: str,
    labels: Mapping[str, str],
    key: str,
    explained: str | None = None,
    *,
    on_change: Callable[[], None] | None = None,
) -> str:
    """The chosen one of these settings, shown by its label; kept in the session under `key`."""
    return st.selectbox(
        label,
        list(labels),
        format_func=labels.__getitem__,
        key=key,
        persist_state="session",
        on_change=on_change,
        width=330,
        help=explained,
    )
