"""What must not be missed: how likely each is, and which result speaks most against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from bme_bayes.engine import Engine
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.battery import awaiting_mri
from bme_bayes.questions.paths import ShortestPath, Step
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.value import FindingValue, NextFindings
from bme_bayes.questions.words import WIDE, in_sentence, of_100
from bme_bayes.ui.model import Model
from bme_bayes.ui.words import finding_and_answer, listed, short

RARE, NOTABLE = 0.01, 0.05
SEEN = 0.1
"""A result rarer than this is no plan for excluding anything."""
NORMAL = ("absent", "normal", "sufficient")
"""First states that say that nothing was found; `sudden` or `focal` are findings themselves."""
PRESERVED = "opposed_phase_signal_drop"
"""The one finding whose presence says that nothing was found: the fat of the marrow is there."""
EXCLUDED = 0.02
REACHED, MORE = 0.05, 0.01
"""A way that succeeds in fewer patients is not told, nor a longer one that gains less."""
TOO_LATE = "edema_resolved_on_follow_up"
"""Nothing that must not be missed can wait for the repeat MRI."""
LESS = 0.5
"""A result that leaves more than this share of the probability is not worth naming."""
HEAD = ("Must not be missed", "Speaks most against it", "Then")


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
    told = [d for d in here if now.diagnoses[d].present >= RARE]
    if told:
        rows = [line(d, now, exclusion(asked, d, now), model.network, waiting) for d in told]
        st.table(pd.DataFrame(rows, columns=HEAD).set_index(HEAD[0]), border="horizontal")
    rare = [in_sentence(short(d, now.labels)) for d in here if d not in told]
    if rare:
        lead = "Under 1 of 100" if told else "Must not be missed; each under 1 of 100"
        st.caption(f"{lead}: {listed(rare)}.")
    box = st.expander("How to exclude one of them", key="paths", on_change="rerun")
    if box.open:
        with box:
            _paths(here, now, used, model)


def exclusion(asked: NextFindings, diagnosis: str, now: Posterior) -> Exclusion | None:
    """The result that speaks most against a diagnosis; None if none makes it much less likely.

    Of the results that at least one of ten such patients has: one that finds nothing (a normal
    test, an absent sign), or else any other, such as the hallmark of another disease.
    """
    enough = LESS * now.diagnoses[diagnosis].present
    found = [
        ((state in NORMAL) == (f.id == PRESERVED), r.present[diagnosis], f.id, state)
        for f in asked.findings
        for state, r in f.results.items()
        if r.probability >= SEEN and r.present[diagnosis] <= enough and _can_exclude(f, state)
    ]
    best = min(found, default=None)
    return best and Exclusion(finding=best[2], state=best[3], present=best[1])


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
) -> tuple[str, str, str]:
    """A row of the table: a diagnosis with how many have it, a result, how many have it then.

    `waiting` are the findings that need an MRI which has not been done.
    """
    chance = now.diagnoses[diagnosis].present
    color = "red" if chance >= NOTABLE else "orange"
    told = f":{color}-badge[{of_100(chance, brief=True)}] **{short(diagnosis, now.labels)}**"
    if best is None:
        return told, "No single result makes it much less likely", "–"
    result = finding_and_answer(network.variable(best.finding), best.state)
    result += " (needs an MRI)" if best.finding in waiting else ""
    return told, result, of_100(best.present, brief=True).replace(" ", WIDE)


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
        count = len(path.steps) or 1
        what = "further finding" if count == 1 else f"{count} further findings"
        return f"No {what} can be expected to bring it below {limit}."
    return "\n".join(lines)


def _worthwhile(steps: Sequence[Step]) -> list[Step]:
    """Steps that succeed in enough patients, and in more than the shorter ones do."""
    found: list[Step] = []
    for step in steps:
        if step.likely >= (found[-1].likely + MORE if found else REACHED):
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
