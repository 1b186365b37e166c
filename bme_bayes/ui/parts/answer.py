"""The answer: what is likely, what must not be missed, which kind, and the whole stories."""

from __future__ import annotations

import streamlit as st

from bme_bayes.errors import Contradiction
from bme_bayes.network import Network
from bme_bayes.posterior import DiagnosisPosterior, Posterior
from bme_bayes.ui import charts, session, state
from bme_bayes.ui.model import model
from bme_bayes.ui.words import (
    finding_and_answer,
    in_sentence,
    listed,
    of_100,
    percent,
    points,
    short,
)

DETAILED = 3
STORIES = 5


def draw() -> None:
    """The whole answer to the case, or why there is none."""
    current = session.current_model()
    try:
        now = current.posterior(session.current_split().used)
    except Contradiction as error:
        _contradiction(error, current.network)
        return
    before = _before_last_step()
    st.subheader("Likely causes", anchor=False)
    colors = charts.palette(st.context.theme.type)
    spec = charts.differential_spec(now, current.posterior({}), before, colors)
    session.chart(spec, "differential")
    st.caption(
        "Dark bar: main cause of the edema. Light bar: present at all, alone or beside another. "
        "Orange mark: main cause before any finding."
        + (" Arrow: change since the last step, in points." if before else "")
    )
    _table(now, current.posterior({}), before)
    st.markdown("**Stage and kind of the leading causes**")
    for name, found in list(now.diagnoses.items())[:DETAILED]:
        _details(name, found, now, current.network)
    _stories(now)


def _before_last_step() -> Posterior | None:
    past = session.explorer().past
    case = session.explorer().case
    if not past or past[-1].region != case.region:
        return None
    earlier = model(case.region, past[-1].setting)
    try:
        return earlier.posterior(state.split(past[-1], earlier.network).used)
    except Contradiction:
        return None


def _details(name: str, found: DiagnosisPosterior, now: Posterior, network: Network) -> None:
    title = f"{short(name, now.labels)}: main cause in {of_100(found.main_cause)}"
    with st.expander(title, key=f"details:{name}"):
        present = f"Present in {of_100(found.present)}, as the main cause or beside it."
        lines = [f"{now.labels[name]}. {present}"]
        variable = network.variable(name)
        grades = {s: p for s, p in found.states.items() if s != "absent"}
        if len(grades) > 1:
            told = [f"{variable.state_label(s)} {percent(p)}" for s, p in grades.items()]
            lines.append(f"**Stage or grade:** {listed(told)}.")
        labels = {k.id: k.label for k in network.kinds_of(name)}
        if len(found.kinds) > 1 and found.present > 0:
            kinds = sorted(found.kinds.items(), key=lambda k: -k[1])
            lines.append("**If it is present, which kind?**")
            lines.append(
                "\n".join(f"- {labels[k]}: {percent(p / found.present)}" for k, p in kinds)
            )
        st.markdown("\n\n".join(lines))


def _table(now: Posterior, start: Posterior, before: Posterior | None) -> None:
    """Every figure in words, for reading out and for those who cannot use the chart."""
    head = ["Diagnosis", "Main cause", "Present", "Since the last step", "Since no finding"]
    lines = [" | ".join(head), " | ".join("-" * len(head))]
    for name, found in now.diagnoses.items():
        chance = found.main_cause
        last = points(chance, before.diagnoses[name].main_cause) if before else ""
        first = points(chance, start.diagnoses[name].main_cause)
        row = [short(name, now.labels), of_100(chance), of_100(found.present), last, first]
        lines.append(" | ".join(row))
    with st.expander("All figures as a table", key="table"):
        st.markdown("\n".join(lines))
        st.caption("Changes are of the main cause, in patients of 100.")


def _stories(now: Posterior) -> None:
    with st.expander("Whole stories: which combinations explain this patient", key="stories"):
        lines = []
        for story in now.explanations[:STORIES]:
            names = [in_sentence(short(d, now.labels)) for d in story.diagnoses]
            told = listed(names) if names else "none of these diagnoses"
            alone = " alone" if len(names) == 1 else ""
            lines.append(f"- {told[:1].upper()}{told[1:]}{alone}: {of_100(story.probability)}")
        rest = 1 - sum(s.probability for s in now.explanations[:STORIES])
        lines.append(f"- Any other combination: {of_100(max(rest, 0.0))}")
        st.markdown("\n".join(lines))


def _contradiction(error: Contradiction, network: Network) -> None:
    st.error(
        "The model has no patient in whom all of these are true. Nothing has been lost: undo the "
        "last step, or remove one of them.",
        title="These findings exclude each other",
        icon=":material/block:",
    )
    used = session.current_split().used
    named = [f.partition("=")[0] for f in error.findings]
    for finding in [f for f in named if f in used] or list(used):
        variable = network.variable(finding)
        st.button(
            f"Remove {finding_and_answer(variable, used[finding])}",
            key=f"resolve:{finding}",
            icon=":material/close:",
            on_click=session.choose,
            args=(variable, None),
        )
