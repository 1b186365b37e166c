"""What the page is, and what it is not."""

from __future__ import annotations

import streamlit as st

from bme_bayes.ui import session


def draw() -> None:
    """The last line of the page."""
    network = session.current_model().network
    published = sum(n.basis in ("published", "both") for n in network.numbers.values())
    st.caption(
        "Decision support for professionals and for teaching; not a medical device, and no "
        f"substitute for judgement. The numbers of this region: {len(network.numbers)}, of which "
        f"{published} rest on published studies and the others on structured estimates. The link "
        "in the address bar holds the findings and no name. "
        f"Model version {network.version}."
    )
