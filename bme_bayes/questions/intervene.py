"""Seeing and doing: a risk factor observed, and the same risk factor set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import Contradiction, InputError
from bme_bayes.findings import observable
from bme_bayes.notebook import answer_html, bar, percent
from bme_bayes.questions.words import in_sentence, of_100, short

Floats = NDArray[np.float64]
SAME = 0.005
"""Main causes that differ by less than this are called the same."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One state of the risk factor; main cause of each diagnosis when it is seen, and when set.

    patients : relative share of patients like this in that state (1 over all states)
    """

    seen: Mapping[str, float]
    done: Mapping[str, float]
    patients: float


@dataclass(frozen=True)
class Intervention:
    """A risk factor seen and set, in every state that patients like this can have.

    shift : how seeing the last state moves the shares of age bands and sex that are not known,
        as `variable=state` to change; setting it moves none
    words : what differs, and why
    """

    name: str
    label: str
    arms: Mapping[str, Arm]
    shift: Mapping[str, float]
    words: str

    @property
    def gap(self) -> float:
        """The greatest difference between seeing and doing, over states and diagnoses."""
        return max(
            (abs(a.seen[d] - a.done[d]) for a in self.arms.values() for d in a.seen), default=0.0
        )

    def to_frame(self) -> pd.DataFrame:
        """Index diagnosis id; (state, seen | done) columns."""
        columns = {
            (state, how): values
            for state, arm in self.arms.items()
            for how, values in (("seen", arm.seen), ("done", arm.done))
        }
        frame = pd.DataFrame(columns)
        frame.index.name = "diagnosis"
        return frame

    def _repr_html_(self) -> str:
        state, arm = list(self.arms.items())[-1]
        rows = [
            (d, bar(arm.seen[d]), percent(arm.seen[d]), bar(arm.done[d]), percent(arm.done[d]))
            for d in sorted(arm.seen, key=lambda d: -arm.seen[d])
        ]
        head = ("Diagnosis", "", f"{state}, seen", "", f"{state}, set")
        return answer_html(self.label, head, rows, self.words)


def intervene(space: DiseaseSpace, belief: Belief, name: str) -> Intervention:
    """What setting a risk factor would do, beside what seeing it says.

    Doing cuts what informs the risk factor (age and sex) and keeps its effect on the
    diagnoses: in the weight of a scenario, its share by age and sex is left out and its odds
    ratios stay (people of an age and sex that can't have it, such as pregnant men, stay out).
    Both answers are for patients with the same other findings; what was entered of
    this risk factor is set aside. It is the model's causal reading: the odds ratios are taken
    as effects, which no cohort behind them proves. Raises `UnknownName`, `InputError` for what
    is not a risk factor, `Contradiction` where no state is possible.
    """
    network = space.network
    variable = observable(network, name)
    if name not in space.roots.names:
        raise InputError(f"{name} is not a risk factor: only those can be set")
    coded = {n: v for n, v in belief.coded.items() if n != name}
    assumed = {n: v for n, v in belief.assumed.items() if n != name}
    without = space.belief(coded, assumed)
    known, _ = space.split_evidence(without.known)
    unknown = space.roots.weights(known)
    index = space.roots.names.index(name)
    factor = space.roots.factor(index, None)
    rest = np.divide(unknown, factor, out=np.zeros_like(unknown), where=factor > 0)
    findings = np.divide(without.scenario, unknown.sum(axis=0), out=np.zeros(space.scenarios.size),
                         where=unknown.sum(axis=0) > 0)  # fmt: skip
    shares = space.roots.mix.risks[index].shares().reshape(len(variable.states), -1)
    before = (unknown * findings).sum(axis=1)
    arms, seen = {}, before
    for state, share, ratio in zip(variable.states, shares, space.roots.ratios[index], strict=True):
        done = rest * ratio * findings * (share > 0)[:, None]
        now = done * share[:, None]
        if now.sum() > 0:
            arms[state] = Arm(
                _main(space, now), _main(space, done), float(now.sum() / before.sum())
            )
            seen = now.sum(axis=1)
    if not arms:
        raise Contradiction([name], "no state of it is possible with the other findings")
    shift = _shift(space, seen / seen.sum(), before / before.sum())
    words = _words(variable.label, variable.state_label(list(arms)[-1]), arms, shift, space)
    return Intervention(name, variable.label, arms, shift, words)


def _main(space: DiseaseSpace, weight: Floats) -> dict[str, float]:
    """Main causes from weights (AX, S)."""
    scenario = weight.sum(axis=0)
    main = scenario @ space.main_matrix / scenario.sum()
    return dict(zip(space.scenarios.diagnoses, main.tolist(), strict=True))


def _shift(space: DiseaseSpace, after: Floats, before: Floats) -> dict[str, float]:
    """Change of the share of each age band and sex, most first; pairs are age by sex."""
    sexes = len(space.roots.mix.sex)
    change = (after - before).reshape(-1, sexes)
    out: dict[str, float] = {}
    for name, values in (("age_band", change.sum(axis=1)), ("sex", change.sum(axis=0))):
        states = space.network.variable(name).states
        out |= {f"{name}={s}": float(v) for s, v in zip(states, values, strict=True)}
    return dict(sorted(out.items(), key=lambda item: -abs(item[1])))


def _words(
    label: str, state: str, arms: Mapping[str, Arm], shift: Mapping[str, float], space: DiseaseSpace
) -> str:
    arm = list(arms.values())[-1]
    gap = {d: arm.seen[d] - arm.done[d] for d in arm.seen}
    most = max(gap, key=lambda d: abs(gap[d]))
    moved = next(iter(shift))
    if abs(shift[moved]) < SAME:
        return f"{label}: seeing and setting it come to the same, as age and sex are known."
    name, _, value = moved.partition("=")
    variable = space.network.variable(name)
    who = f"{in_sentence(variable.label)} {variable.state_label(value)}"
    way = "more" if shift[moved] > 0 else "less"
    told = (
        f"{label}: to see it ({state}) also tells that {who} is {way} likely; to set it does not."
    )
    if abs(gap[most]) < SAME:
        return f"{told} Here that makes next to no difference."
    return (
        f"{told} So {in_sentence(short(space.network.variable(most).label))} is the main cause in "
        f"{of_100(arm.seen[most])} when it is seen, and in {of_100(arm.done[most])} "
        f"when it is set."
    )
