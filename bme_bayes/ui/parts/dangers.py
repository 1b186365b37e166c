"""What must not be missed: how likely each is, and which result speaks most against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.battery import awaiting_mri
from bme_bayes.questions.paths import ShortestPath, Step
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.value import FindingValue, NextFindings
from bme_bayes.questions.words import in_sentence, of_100
from bme_bayes.ui.model import Model
from bme_bayes.ui.words import finding_and_answer, short

RARE, NOTABLE = 0.01, 0.05
SEEN = 0.02
"""A result rarer than this is no plan for excluding anything."""
EXCLUDED = 0.02
MORE = 0.01
"""A longer way is told if it succeeds in so many more patients."""
TOO_LATE = "edema_resolved_on_follow_up"
"""Nothing that must not be missed can wait for the repeat MRI."""
LESS = 0.5
"""A result that leaves more than this share of the probability is not worth naming."""


@dataclass(frozen=True)
class Exclusion:
    """The one result that would make a diagnosis least likely: how likely it then is."""

    finding: str
    state: str
    present: float


def draw(now: Posterior, used: Mapping[str, str], model: Model) -> None:
    """The dangerous diagnoses, most probable first, each with what speaks most against it."""
    here = sorted(
        (d for d in now.diagnoses if d in DANGEROUS), key=lambda d: -now.diagnoses[d].present
    )
    asked = model.next_findings(used, "all")
    waiting = awaiting_mri(model.network, used)
    lines = [line(d, now, exclusion(asked, d), model.network, waiting) for d in here]
    st.markdown(
        "**Must not be missed**: how many have it · the result that speaks most against it → how "
        "many would have it then"
    )
    st.markdown("\n".join(lines))
    box = st.expander("How to exclude one of them", key="paths", on_change="rerun")
    if box.open:
        with box:
            _paths(here, now, used, model)


def exclusion(asked: NextFindings, diagnosis: str) -> Exclusion | None:
    """The most excluding single result among those that are not too rare; None if none is."""
    found = [
        Exclusion(f.id, state, r.present[diagnosis])
        for f in asked.findings
        for state, r in f.results.items()
        if r.probability >= SEEN and _can_exclude(f, state)
    ]
    return min(found, key=lambda e: e.present, default=None)


def _can_exclude(finding: FindingValue, state: str) -> bool:
    """Whether a result could be looked for: not age or sex, of risks only that there is none."""
    if finding.group == "risk":
        return state == next(iter(finding.results))
    return finding.group != "patient" and finding.id != TOO_LATE


def line(
    diagnosis: str,
    now: Posterior,
    best: Exclusion | None,
    network: Network,
    waiting: Collection[str] = (),
) -> str:
    """One diagnosis in a list: how likely it is, and after the result most against it.

    `waiting` are the findings that need an MRI which has not been done.
    """
    chance = now.diagnoses[diagnosis].present
    color = "red" if chance >= NOTABLE else "orange" if chance >= RARE else "gray"
    told = f"- :{color}-badge[{of_100(chance, brief=True)}] **{short(diagnosis, now.labels)}**"
    if chance < RARE:
        return told
    if best is None or best.present > LESS * chance:
        return f"{told} · no single result makes it much less likely"
    result = finding_and_answer(network.variable(best.finding), best.state)
    result += " (needs an MRI)" if best.finding in waiting else ""
    return f"{told} · {in_sentence(result)} → {of_100(best.present, brief=True)}"


def _paths(here: list[str], now: Posterior, used: Mapping[str, str], model: Model) -> None:
    chosen = st.selectbox(
        "The fewest findings that could exclude",
        here,
        format_func=lambda d: short(d, now.labels),
        key="exclude",
        persist_state="session",
    )
    if chosen not in here:
        return
    with st.spinner("Looking for the shortest way …"):
        path = model.ask("path", used, Engine.shortest_path, chosen, EXCLUDED)
    st.markdown(path_words(path, model.network))
    if any(awaiting_mri(model.network, used).intersection(s.findings) for s in path.steps):
        st.caption("Some of these need an MRI, which has not been done.")


def path_words(path: ShortestPath, network: Network) -> str:
    """The steps of a path in words, fewest findings first."""
    limit = of_100(path.below)
    if path.present < path.below:
        return f"It is present in {of_100(path.present)}: already below {limit}."
    lines = [_step(step, network, limit) for step in _worthwhile(path.steps)]
    if not lines:
        return f"No {len(path.steps) or 1} further findings could bring it below {limit}."
    return "\n".join(lines)


def _worthwhile(steps: Sequence[Step]) -> list[Step]:
    """Steps that can succeed, and do so in more patients than the shorter ones."""
    found: list[Step] = []
    for step in steps:
        if step.results and (not found or step.likely >= found[-1].likely + MORE):
            found.append(step)
    return found


def _step(step: Step, network: Network, limit: str) -> str:
    results = [
        in_sentence(finding_and_answer(network.variable(f), s)) for f, s in step.results.items()
    ]
    count = "1 finding" if len(step.findings) == 1 else f"{len(step.findings)} findings"
    return (
        f"- **{count}**, for example: {'; '.join(results)}. This, or other results of the same, "
        f"would leave it in fewer than {limit}; that happens in {of_100(step.likely)} patients "
        "like this."
    )
