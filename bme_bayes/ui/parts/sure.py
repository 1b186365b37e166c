"""How sure: would the leading diagnosis stay, which numbers matter, what would change it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.network import Network, Number
from bme_bayes.posterior import Posterior
from bme_bayes.questions.break_even import BreakEven
from bme_bayes.questions.prior_versions import BASE_RATE, REFERENCE, is_case_mix
from bme_bayes.questions.stability import SameDecision
from bme_bayes.questions.uncertainty import Uncertainty
from bme_bayes.questions.words import in_sentence, of_100, percent
from bme_bayes.ui import background, certainty, charts, session
from bme_bayes.ui.lookup import look_up
from bme_bayes.ui.model import Model
from bme_bayes.ui.number_table import ODDS, among, state_words
from bme_bayes.ui.number_table import shown as figure
from bme_bayes.ui.parts.why import chosen
from bme_bayes.ui.reason_charts import numbers_spec
from bme_bayes.ui.words import listed, short

RESULTS = 1000
NUMBERS, TURNINGS, LEADERS = 8, 5, 3


def draw(model: Model, used: Mapping[str, str], now: Posterior) -> None:
    """How stable the leading diagnosis is; the slower parts when they are opened."""
    job = certainty.job(model, used)
    found = background.finished(job)
    leader = in_sentence(short(now.leader, now.labels))
    if found:
        st.markdown(stability(found.intervals, leader, now))
    else:
        st.caption("How stable the order is, follows in a moment.")
    with st.spinner("Looking at what could still be learned …"):
        same = model.ask("same", used, Engine.same_decision, draws=RESULTS)
    st.markdown(staying(same, leader, now))
    numbers = st.expander("Which numbers matter most", key="tornado", on_change="rerun")
    if numbers.open:
        with numbers:
            _numbers(model, used, now)
    turning = st.expander(
        "What would have to be true for another diagnosis to lead",
        key="break_even",
        on_change="rerun",
    )
    if turning.open:
        with turning:
            _turnings(model, used, now)
    background.look_again(job, "stability_later")


def stability(sure: Uncertainty, leader: str, now: Posterior) -> str:
    """How often each diagnosis leads when the model's numbers are drawn anew."""
    others = [
        f"{in_sentence(short(d, now.labels))} in {u.leads * sure.draws:.0f}"
        for d, u in sorted(sure.diagnoses.items(), key=lambda item: -item[1].leads)
        if d != sure.leader and u.leads > 0
    ][:LEADERS]
    return (
        f"**If the model's numbers were different** within their intervals: **{leader}** still "
        f"leads in {sure.leader_holds * sure.draws:.0f} of {sure.draws} draws of them"
        f"{'; ' + listed(others) if others else ''}."
    )


def staying(same: SameDecision, leader: str, now: Posterior) -> str:
    """How often the leader stays after everything that is unknown has become known."""
    others = [
        f"{in_sentence(short(d, now.labels))} in {of_100(p)}"
        for d, p in same.leaders.items()
        if d != same.leader
    ][:LEADERS]
    return (
        f"**If everything unknown were known** ({len(same.findings)} findings): **{leader}** would "
        f"still lead in {of_100(same.probability)} patients like this"
        f"{'; ' + listed(others) if others else ''}."
    )


def _numbers(model: Model, used: Mapping[str, str], now: Posterior) -> None:
    diagnosis = chosen(now, "numbers_for", "How likely is")
    with st.spinner("Moving the numbers within their intervals …"):
        found = model.ask("sensitivity", used, Engine.sensitivity, diagnosis, top=NUMBERS)
    names = [told(n.number, model.network) for n in found.numbers]
    colors = charts.palette(st.context.theme.type)
    name = in_sentence(short(diagnosis, now.labels))
    spec = numbers_spec(found.numbers, names, found.posterior, name, colors)
    session.chart(spec, "numbers")
    flips = {0: "none", 1: "1"}.get(found.flips, f"{found.flips}, each by itself,")
    st.caption(
        f"Bar: how likely {name} is as the main cause, with the number at the ends of its 95 % "
        f"interval, all others kept. Of {found.tried} numbers, {flips} could change the leading "
        "diagnosis."
    )
    for place, (number, words) in enumerate(zip(found.numbers, names, strict=True)):
        said, source = st.columns([5, 1], vertical_alignment="center")
        said.markdown(f"{place + 1}\\. {words}: {figure(number.number)}")
        with source:
            _source(number.number, model.network, f"number:{place}")


def _source(number: Number, network: Network, key: str) -> None:
    if st.button("Source", key=key, icon=":material/menu_book:", type="tertiary"):
        look_up(number, network, session.explorer().case)


def told(number: Number, network: Network) -> str:
    """What a number is about, in words."""
    labels = {v.id: short(v.id, {v.id: v.label}) for v in network.diagnoses}
    if number.quantity == BASE_RATE and not is_case_mix(number, network):
        return f"Base rate of {in_sentence(labels[number.child])}"
    if number.quantity == "kind_share":
        kind = in_sentence(state_words(network, number))
        return f"Starting share of {kind} among {in_sentence(labels[number.child])}"
    child = network.variables.get(number.child)
    label = child.label if child else labels.get(number.child, number.child.replace("_", " "))
    group, what = among(network, number), f"{label}, {state_words(network, number)}"
    if number.quantity == "coupling":
        return f"{label}: how far it goes with {in_sentence(group)} (log-odds)"
    if number.quantity == "multiplier":
        return f"{what}: its odds at {in_sentence(group).replace(': ', ' ')}"
    if number.cause in ("", REFERENCE):
        return f"{what}, in {in_sentence(group)}"
    disease, _, kind = group.partition(": ")
    what = f"{what}, in patients with {in_sentence(kind or disease)}"
    return f"{what} (odds ratio)" if number.quantity in ODDS else what


def _turnings(model: Model, used: Mapping[str, str], now: Posterior) -> None:
    others = [d for d in now.diagnoses if d != now.leader]
    if st.session_state.get("challenger") not in others:
        st.session_state["challenger"] = others[0]
    challenger = st.selectbox(
        "For this diagnosis to lead",
        others,
        format_func=lambda d: short(d, now.labels),
        key="challenger",
        persist_state="session",
        width=360,
    )
    with st.spinner("Looking for what would turn it …"):
        found = model.ask("break_even", used, Engine.break_even, challenger)
    st.markdown(turnings(found, model.network, now))


def turnings(found: BreakEven, network: Network, now: Posterior) -> str:
    """The nearest numbers that would make the challenger lead."""
    near = [t for t in found.turnings if t.needed is not None][:TURNINGS]
    if not near:
        return "No base rate or risk by itself could make it lead: the findings speak too clearly."
    name = in_sentence(short(found.challenger, now.labels))
    lines = []
    for turn in near:
        ratio = turn.number.quantity in ODDS
        needed = turn.needed or 0.0
        value, present = (f"{p:.2g}" if ratio else percent(p) for p in (needed, turn.number.value))
        if value == present:
            value = "a little more" if needed > turn.number.value else "a little less"
        within = "inside its interval" if turn.within else "outside its interval"
        instead = (
            ""
            if turn.then_leads in (found.challenger, found.leader)
            else f"; {in_sentence(short(turn.then_leads, now.labels))} would lead then"
        )
        lines.append(
            f"- {told(turn.number, network)}: now {figure(turn.number)}; **{value}** would be "
            f"needed, {within}{instead}."
        )
    return f"For {name} to draw level, one of these would have to be so:\n\n" + "\n".join(lines)
