"""The end of a case: the confirmed diagnosis, its source, the score, and what spoke for it."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network
from bme_bayes.questions.explain import explain
from bme_bayes.questions.words import in_sentence, of_100, percent
from bme_bayes.ui import charts, teaching
from bme_bayes.ui import teach_session as session
from bme_bayes.ui.cards import load_cards, numbered
from bme_bayes.ui.guard import chart, link, literal
from bme_bayes.ui.parts.teach_round import told
from bme_bayes.ui.row_charts import Row, Spec, line_chart
from bme_bayes.ui.teaching import Play, Result
from bme_bayes.ui.words import listed, short

SPOKE = 5
TOLD_OF_CARD = 2


def hidden(now: Play) -> None:
    """Before the diagnosis is shown: for a room that is still voting."""
    network = session.model_of(now.case).network
    st.subheader("Everything that was found out", anchor=False)
    lines = [f"- {told(network.variable(f), v)}" for f, v in now.known.items()]
    st.markdown("\n".join(lines))
    st.button(
        "Reveal the diagnosis",
        key="teach_reveal",
        icon=":material/visibility:",
        on_click=session.show,
        args=(now,),
    )


def draw(now: Play) -> None:
    """The debrief of the case that has just been finished."""
    result = session.results()[-1]
    labels = {v.id: v.label for v in session.model_of(now.case).network.diagnoses}
    left, right = st.columns([11, 12], gap="large")
    with left:
        _diagnosis(now, labels)
    with right:
        _score(result, labels, session.model_of(now.case).network)
    _spoke(now, labels)
    _card(now)


def _diagnosis(now: Play, labels: dict[str, str]) -> None:
    case = now.case
    st.subheader(f"It was: {in_sentence(short(case.diagnosis, labels))}", anchor=False)
    lines = [f"{labels[case.diagnosis]}."]
    if case.also:
        names = [in_sentence(short(d, labels)) for d in case.also]
        lines.append(f"**Besides it:** {listed(names)}.")
    if case.confirmed_by:
        lines.append(f"**Confirmed by:** {literal(case.confirmed_by)}.")
    if case.source:
        lines.append(f"**Source:** {link(case.source, case.address)}")
    if case.difficulty:
        lines.append(f"**Judged as:** {literal(case.difficulty)}.")
    if case.note:
        lines.append(f"**Note:** {literal(case.note)}")
    st.markdown("\n\n".join(lines))
    network = session.model_of(case).network
    kept = [f for f in case.findings if f not in now.known]
    if kept:
        with st.expander(f"What you did not ask for ({len(kept)})"):
            told_all = [f"- {told(network.variable(f), case.findings[f])}" for f in kept]
            st.markdown("\n".join(told_all))


def _spoke(now: Play, labels: dict[str, str]) -> None:
    case = now.case
    engine = session.model_of(case).engine
    weighed = explain(engine.space, engine.belief(case.findings), case.diagnosis)
    name = in_sentence(short(case.diagnosis, labels))
    with st.expander(f"What spoke for and against {name}, in the whole report", expanded=True):
        st.markdown("\n".join(f"- {w.words}" for w in weighed.findings[:SPOKE]))


def _card(now: Play) -> None:
    """From the reference card: how to tell the diagnosis from its mimics."""
    card = next((c for c in load_cards() if c.id == now.case.diagnosis), None)
    if card is None:
        return
    sources = session.model_of(now.case).network.sources
    with st.expander(f"To remember: {in_sentence(card.title)}"):
        st.markdown(f"*{card.summary}*")
        for title, body in card.sections[:TOLD_OF_CARD]:
            st.markdown(f"**{title}.** {numbered(body, card, sources)}")
        st.caption("The whole card, with its list of sources: “Network and sources”, Cards.")


def _score(result: Result, labels: dict[str, str], network: Network) -> None:
    st.subheader("Your score", anchor=False)
    yours, models = (teaching.brier(e[-1], result.truth) for e in (result.learner, result.model))
    left, right = st.columns(2)
    left.metric("You (Brier score)", f"{yours:.2f}", border=True)
    right.metric("The model (Brier score)", f"{models:.2f}", border=True)
    st.caption(
        "Brier score of the last estimate: 0 is certain and right, 2 is certain and wrong; "
        "saying nothing more than “any of them” gives about 0.9."
    )
    name = in_sentence(short(result.truth, labels))
    st.markdown(f"**How many findings were needed to put {name} first?**")
    lines = [
        _needed("You", result, True),
        _needed("The model, step by step with you", result, False),
    ]
    st.markdown("\n".join([*lines, f"- {_fewest(result, network)}"]))
    if result.orders:
        st.markdown(f"How likely **{name}** was held to be after each step:")
        chart(_path(result, name), "teach_path")


def _needed(who: str, result: Result, learner: bool) -> str:
    estimates = result.learner if learner else result.model
    last = estimates[-1][result.truth]
    end = f"at the end {of_100(last)}"
    first = teaching.settled(estimates, result.truth)
    if first is None:
        return f"- {who}: another diagnosis led; {end}."
    since = f"step {first}" if first else "the start"
    return f"- {who}: **{result.findings[first]}**, first from {since} on; {end}."


def _fewest(result: Result, network: Network) -> str:
    """The fewest findings with which the model puts the diagnosis first, in words."""
    start = result.findings[0]
    if result.fewest is None:
        return "The fewest possible: no choice of what is reported puts it first in the model."
    if not result.fewest:
        return f"The fewest possible: **{start}**, those of the start."
    names = listed([in_sentence(network.variable(f).label) for f in result.fewest])
    return f"The fewest possible: **{start + len(result.fewest)}**, the start and {names}."


def _path(result: Result, name: str) -> Spec:
    colors = charts.palette(st.context.theme.type)
    rows: list[Row] = []
    for series, estimates in (("You", result.learner), ("The model", result.model)):
        for number, estimate in enumerate(estimates):
            step = "Start" if number == 0 else f"Step {number}"
            rows.append({"series": series, "step": step, "value": estimate[result.truth]})
    spoken = "; ".join(f"{r['series']}, {r['step']}: {percent(r['value'])}" for r in rows)
    told_all = f"Line chart of how likely {name} was held to be. {spoken}."
    series_colors = [("You", colors.mark), ("The model", colors.strong)]
    return line_chart(rows, series_colors, told_all, colors)
