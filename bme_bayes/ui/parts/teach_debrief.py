"""The end of a case: the confirmed diagnosis, its source, the score, and what spoke for it."""

from __future__ import annotations

import streamlit as st

from bme_bayes.questions.explain import explain
from bme_bayes.ui import charts, teaching
from bme_bayes.ui import teach_session as session
from bme_bayes.ui.guard import chart, link, literal
from bme_bayes.ui.parts.teach_round import told
from bme_bayes.ui.row_charts import Row, Spec, line_chart
from bme_bayes.ui.teaching import Play, Result
from bme_bayes.ui.words import in_sentence, listed, of_100, percent, short

SPOKE = 5


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
        _spoke(now, labels)
    with right:
        _score(result, labels)
    st.button(
        "Another case",
        key="teach_again",
        icon=":material/arrow_forward:",
        on_click=session.set_play,
        args=(None,),
    )


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


def _score(result: Result, labels: dict[str, str]) -> None:
    st.subheader("Your score", anchor=False)
    yours, models = (teaching.brier(e[-1], result.truth) for e in (result.learner, result.model))
    left, right = st.columns(2)
    left.metric("You (Brier score)", f"{yours:.2f}", border=True)
    right.metric("The model (Brier score)", f"{models:.2f}", border=True)
    st.caption(
        "Brier score of the last estimate: 0 is certain and right, 2 is certain and wrong; "
        "saying nothing more than “any of them” gives about 0.9."
    )
    st.markdown("\n".join([_needed("You", result, True), _needed("The model", result, False)]))
    name = in_sentence(short(result.truth, labels))
    st.markdown(f"How likely **{name}** was held to be after each step:")
    chart(_path(result, name), "teach_path")


def _needed(who: str, result: Result, learner: bool) -> str:
    estimates = result.learner if learner else result.model
    last = estimates[-1][result.truth]
    held = "held" if learner else "holds"
    end = f"{held} it for the cause in {of_100(last)} at the end"
    first = teaching.settled(estimates, result.truth)
    if first is None:
        return f"- {who}: another diagnosis led at the end; {end}."
    needed = result.findings[first]
    since = f"step {first}" if first else "the start"
    return f"- {who}: put it first from {since} on, knowing {needed} findings; {end}."


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


def session_scores() -> None:
    """All cases of this session: scores and calibration."""
    results = session.results()
    if not results:
        return
    with st.expander(f"Your session: {len(results)} finished", key="teach_session"):
        head = "| Case | You | Model | Steps | Right at the end |\n|---|---|---|---|---|"
        lines = [head]
        for r in results:
            right = "yes" if teaching.leader(r.learner[-1]) == r.truth else "no"
            scores = [f"{teaching.brier(e[-1], r.truth):.2f}" for e in (r.learner, r.model)]
            lines.append(
                f"| {literal(r.title)} | {scores[0]} | {scores[1]} | {r.orders} | {right} |"
            )
        st.markdown("\n".join(lines))
        st.markdown("**How sure you were, and how often you were right** (at every step)")
        lines = [
            "| You were sure in | Times | On average | You were right in |",
            "|---|---|---|---|",
        ]
        for b in teaching.calibration(results):
            span = f"{b.low * 100:.0f} to {min(b.high, 1) * 100:.0f} of 100"
            lines.append(f"| {span} | {b.count} | {of_100(b.said)} | {of_100(b.right)} |")
        st.markdown("\n".join(lines))
        st.caption(
            "Who is well calibrated is right about as often as they are sure. A few cases say "
            "little; published reports are rarer and more deceptive than a clinic."
        )
