"""One round of a case: what is known, the learner's estimate, and the model's beside it."""

from __future__ import annotations

import streamlit as st

from bme_bayes.network import Network, Variable
from bme_bayes.posterior import Posterior
from bme_bayes.questions.explain import explain
from bme_bayes.questions.words import in_sentence, of_100, percent
from bme_bayes.ui import charts, teaching
from bme_bayes.ui import teach_session as session
from bme_bayes.ui.guard import chart
from bme_bayes.ui.parts import teach_next
from bme_bayes.ui.row_charts import Mark, Row, row_chart
from bme_bayes.ui.teaching import Play, Round
from bme_bayes.ui.words import GROUPS, finding_and_answer, short

CONSIDERED = "guess_considered"
SHOWN = 6
NEW_TOLD = 4
MOVED = 0.02


def draw(now: Play) -> None:
    """The case as far as it has been told, and what the learner does now."""
    network = session.model_of(now.case).network
    left, right = st.columns([10, 12], gap="large")
    with left:
        _story(now, network)
    with right:
        if now.waits_for_estimate:
            _estimate(now, network)
        else:
            if not session.projector():
                _compared(now)
            teach_next.draw(now, network)


def _story(now: Play, network: Network) -> None:
    st.subheader("The patient so far", anchor=False)
    last = len(now.rounds) - 1
    for number, each in enumerate(now.rounds):
        with st.container(border=number == last):
            st.markdown(f"**{_heading(number, each, network)}**")
            if not each.revealed:
                st.markdown("*Not reported.*")
                continue
            lines = [f"- {told(network.variable(f), now.case.findings[f])}" for f in each.revealed]
            st.markdown("\n".join(lines))
    st.caption(
        f"{_seen_in(now)}MRI shows marrow edema. What a report does not mention is “not "
        "reported”: that does not mean that it was absent."
    )


def _seen_in(now: Play) -> str:
    """The clinic that the model takes its base rates from."""
    prior = session.model_of(now.case).network.prior
    return f"Seen in: {in_sentence(prior.label)}. " if prior else ""


def _heading(number: int, each: Round, network: Network) -> str:
    if number == 0:
        return "The start"
    variable = network.variables.get(each.order)
    group = f" ({GROUPS[variable.group]})" if variable and variable.group in GROUPS else ""
    return f"Step {number}: {each.label}{group}"


def told(variable: Variable, value: object) -> str:
    """A finding with its result; an uncertain one is called so."""
    if isinstance(value, str):
        return finding_and_answer(variable, value)
    return f"{variable.label}: uncertain"


def _estimate(now: Play, network: Network) -> None:
    st.subheader("What do you think?", anchor=False)
    labels = {v.id: v.label for v in network.diagnoses}
    chosen = st.pills(
        "Causes that you consider (one is enough)",
        list(labels),
        selection_mode="multi",
        format_func=lambda d: short(d, labels),
        key=CONSIDERED,
        persist_state="session",
        wrap=True,
    )
    usual = max(5, 60 // max(len(chosen), 1))
    chances = {d: _chance(d, short(d, labels), usual) for d in chosen}
    total = sum(chances.values())
    if total > 1:
        st.caption(f"Together {total * 100:.0f} of 100: they are scaled down to 100.")
    elif chosen:
        st.caption(
            f"Left for all other causes together: {(1 - total) * 100:.0f} of 100, shared evenly."
        )
    st.button(
        "Commit to this",
        key="teach_commit",
        icon=":material/check:",
        disabled=not chosen,
        on_click=session.set_play,
        args=(teaching.commit(now, teaching.spread(chances, list(labels))),),
    )


def _chance(diagnosis: str, name: str, usual: int) -> float:
    """How likely the learner takes a diagnosis to be the main cause; `usual` of 100 at first."""
    told = f"{name}: main cause in how many of 100 such patients?"
    key = f"guess:{diagnosis}"
    return st.slider(told, 0, 100, usual, 5, key=key, persist_state="session") / 100


def _compared(now: Play) -> None:
    """The learner's estimate beside the model's, and what the last findings did."""
    case = now.case
    model = session.answer(case, now.known)
    before = session.answer(case, now.known_after(len(now.rounds) - 1))
    first = len(now.rounds) == 1
    st.subheader("You and the model", anchor=False)
    if not now.rounds[-1].revealed:
        st.markdown("The report does not say. Nothing is new, so your estimate stands.")
    chart(compared_spec(now, model, None if first else before), "teach_compared")
    tick = "" if first else " Tick: the model before this step."
    st.caption(f"Bar: the model. Diamond: you.{tick} All as main cause, of 100 such patients.")
    if not first and now.rounds[-1].revealed:
        st.markdown(effect(before, model))
        _weights(now)


def compared_spec(now: Play, model: Posterior, before: Posterior | None) -> dict[str, object]:
    """The chart of the learner's estimate beside the model's."""
    colors = charts.palette(st.context.theme.type)
    yours = now.rounds[-1].estimate or {}
    theirs = session.main_causes(model)
    earlier = session.main_causes(before) if before else {}
    order = sorted(theirs, key=lambda d: -max(theirs[d], yours.get(d, 0.0)))[:SHOWN]
    rows: list[Row] = []
    for rank, name in enumerate(order):
        row: Row = {
            "row": rank,
            "name": short(name, model.labels),
            "figures": f"model {percent(theirs[name])}, you {percent(yours[name])}",
            "model": theirs[name],
            "you": yours[name],
        }
        rows.append({**row, "before": earlier[name]} if earlier else row)
    marks = [
        Mark("model", "Model", "bar", colors.strong),
        *([Mark("before", "Model before this step", "tick", colors.quiet)] if earlier else []),
        Mark("you", "You", "point", colors.mark, "diamond"),
    ]
    spoken = "; ".join(f"{r['name']}: {r['figures']}" for r in rows)
    return row_chart(rows, marks, f"Bar chart of the main causes. {spoken}.", colors)


def effect(before: Posterior, after: Posterior) -> str:
    """What the last step did to the picture, in a sentence."""
    was, now = session.main_causes(before), session.main_causes(after)
    change = {d: now[d] - was[d] for d in now}
    up, down = max(change, key=change.__getitem__), min(change, key=change.__getitem__)
    parts = []
    for name, verb in ((up, "raised"), (down, "lowered")):
        if abs(change[name]) >= MOVED:
            label = in_sentence(short(name, after.labels))
            parts.append(
                f"{verb} **{label}** from {of_100(was[name], True)} to {of_100(now[name])}"
            )
    if not parts:
        return "**Effect of this step:** it hardly changed the picture."
    return f"**Effect of this step:** it {' and '.join(parts)}."


def _weights(now: Play) -> None:
    """What each new finding says of the model's leading diagnosis."""
    new = now.rounds[-1].revealed
    if not new:
        return
    engine = session.model_of(now.case).engine
    belief = engine.belief(now.known)
    leader = engine.posterior(now.known).leader
    weighed = explain(engine.space, belief, leader).findings
    lines = [f"- {w.words}" for w in weighed if w.id in new][:NEW_TOLD]
    with st.expander("What each new finding says of the model's leading diagnosis"):
        st.markdown("\n".join(lines))
