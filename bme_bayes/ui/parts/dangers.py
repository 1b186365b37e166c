"""What must not be missed: how likely each is, and which result would exclude it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.paths import ShortestPath, Step
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.value import NextFindings
from bme_bayes.ui.chart_rows import clip
from bme_bayes.ui.model import Model
from bme_bayes.ui.words import answer, in_sentence, listed, of_100, short

RARE, NOTABLE = 0.01, 0.05
SEEN = 0.02
"""A result rarer than this is no plan for excluding anything."""
EXCLUDED = 0.02
WHO = "patient"
"""Age and sex are no results that could be looked for."""
LONGEST = 34


@dataclass(frozen=True)
class Exclusion:
    """The one result that would make a diagnosis least likely: how likely it then is."""

    finding: str
    state: str
    present: float


def draw(now: Posterior, used: Mapping[str, str], model: Model) -> None:
    """The dangerous diagnoses, most probable first, each with what would exclude it."""
    here = sorted(
        (d for d in now.diagnoses if d in DANGEROUS), key=lambda d: -now.diagnoses[d].present
    )
    asked = model.next_findings(used, "all")
    lines = [line(d, now, exclusion(asked, d), model.network) for d in here]
    st.markdown("**Must not be missed**: present in, and the one result that excludes most\n")
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
        if r.probability >= SEEN and f.group != WHO
    ]
    return min(found, key=lambda e: e.present, default=None)


def line(diagnosis: str, now: Posterior, best: Exclusion | None, network: Network) -> str:
    """One diagnosis in a list: how likely it is, and after the most excluding result."""
    chance = now.diagnoses[diagnosis].present
    color = "red" if chance >= NOTABLE else "orange" if chance >= RARE else "gray"
    told = f"- :{color}-badge[{of_100(chance, brief=True)}] **{short(diagnosis, now.labels)}**"
    if best is None or best.present >= chance:
        return told
    variable = network.variable(best.finding)
    result = f"{clip(variable.label, LONGEST)}: {in_sentence(answer(variable, best.state))}"
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


def path_words(path: ShortestPath, network: Network) -> str:
    """The steps of a path in words, fewest findings first."""
    limit = of_100(path.below)
    if path.present < path.below:
        return f"It is present in {of_100(path.present)}: already below {limit}."
    lines = [_step(step, network, limit) for step in path.steps if step.results]
    if not lines:
        return f"No {len(path.steps) or 1} further findings could bring it below {limit}."
    return "\n".join(lines)


def _step(step: Step, network: Network, limit: str) -> str:
    results = []
    for finding, state in step.results.items():
        variable = network.variable(finding)
        label, told = in_sentence(variable.label), in_sentence(answer(variable, state))
        results.append(f"{label}: {told}")
    count = "1 finding" if len(step.findings) == 1 else f"{len(step.findings)} findings"
    return (
        f"- **{count}**, for example: {listed(results)}. This, or other results of the same, would "
        f"leave it in fewer than {limit}; that happens in {of_100(step.likely)} patients like this."
    )
