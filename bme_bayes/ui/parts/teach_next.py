"""What to ask for next in a case, or to end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.questions.battery import load_bundles
from bme_bayes.ui import teach_session as session
from bme_bayes.ui import teaching
from bme_bayes.ui.teaching import Order, Play
from bme_bayes.ui.words import GROUPS

ASKED = 3


def draw(now: Play, network: Network) -> None:
    """Tests and findings to ask for, what the model would ask for, and the end."""
    st.subheader("What next?", anchor=False)
    st.caption(left_over(len(now.case.findings) - len(now.known)))
    offered = teaching.orders(network, load_bundles(), now)
    tests = [o for o in offered if o.id not in network.variables]
    with st.container(horizontal=True, gap="small"):
        for each in tests:
            st.button(
                each.label,
                key=f"teach_ask:{each.id}",
                help=each.words or None,
                on_click=_ask,
                args=(now, each),
            )
    _single(now, {o.id: o for o in offered if o.id in network.variables})
    if not session.projector():
        _models_choice(now)
    st.button(
        "That is enough: finish",
        key="teach_finish",
        icon=":material/flag:",
        on_click=_finish,
        args=(now,),
    )


def _single(now: Play, offered: Mapping[str, Order]) -> None:
    """One finding to ask for, by its name."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Or a single finding",
            list(offered),
            index=None,
            format_func=lambda f: offered[f].label if f in offered else f,
            key="teach_single",
            placeholder="Search",
            width=340,
        )
        chosen = offered.get(name or "")
        st.button(
            "Ask",
            key="teach_ask_single",
            disabled=chosen is None,
            on_click=_ask,
            args=(now, chosen),
        )


def _models_choice(now: Play) -> None:
    """What the model would ask for, for who has chosen and wants to compare."""
    with st.expander("What would the model ask next?"):
        ranked = session.model_of(now.case).engine.next_findings(now.known, top=ASKED).findings
        lines = [
            f"{n}. {f.label} ({GROUPS.get(f.group, f.group)})" for n, f in enumerate(ranked, 1)
        ]
        st.markdown("\n".join(lines) or "Nothing is left that would tell it anything.")
        st.caption(
            "The most telling first, whatever the trouble of finding out; the report may say "
            "nothing of them."
        )


def left_over(count: int) -> str:
    """How much of a report has not been revealed."""
    if count == 0:
        return "You know everything that the report says."
    return f"The report says {count} more thing{'s' if count > 1 else ''} that you have not seen."


def _ask(now: Play, order: Order) -> None:
    st.session_state["teach_single"] = None
    session.set_play(teaching.ask(now, order))


def _finish(now: Play) -> None:
    if session.projector():
        session.set_play(replace(now, finished=True))
    else:
        session.show(now)
