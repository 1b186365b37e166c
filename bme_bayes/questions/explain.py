"""Why: how much each finding speaks for or against a diagnosis, and what that rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import UnknownName
from bme_bayes.network import NONE, Network, Number
from bme_bayes.notebook import answer_html, percent, signed_bar
from bme_bayes.questions.shapley import (
    interactions,
    left_out,
    log_odds,
    sampled_shapley,
    shapley_values,
)
from bme_bayes.questions.subsets import Subsets
from bme_bayes.questions.targets import make_target
from bme_bayes.questions.words import finding_words, in_sentence, short, weight_words

Floats = NDArray[np.float64]
EXACT = 12
"""Up to so many findings, all orders are averaged; above, a sample of them."""
ORDERS = 100
QUANTITIES = {"finding": "frequency", "sign": "frequency", "risk": "odds_ratio", "context": "share"}
NOTABLE = 0.1
"""A change of log-odds below this is not named as working through another finding."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """Another finding that a finding works through.

    `change` is how much the finding's weight rises because the other is known too: below zero,
    they say partly the same (or the other explains it away).
    """

    id: str
    change: float


@dataclass(frozen=True, slots=True)
class Weight:
    """What one finding says of one diagnosis; weights are natural log-odds.

    weight : log-odds with all findings less those without this one (leave-one-out):
        ln P(finding | diagnosis, others) / P(finding | not, others)
    shapley : its share of the whole change from the setting's base rate, averaged over the
        orders in which findings could be entered, with `standard_error` (0 where exact)
    with_diagnosis, without_diagnosis : these two probabilities
    through : the findings that change its weight, most first
    numbers : the model's numbers behind it, for the kinds of the diagnosis
    sources : the keys of their sources
    words : the same in a sentence
    """

    id: str
    label: str
    state: str
    weight: float
    shapley: float
    standard_error: float
    with_diagnosis: float
    without_diagnosis: float
    through: tuple[Interaction, ...]
    numbers: tuple[Number, ...]
    sources: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Weighing:
    """The findings for and against one diagnosis, weightiest first.

    `before` and `after` are the log-odds of its presence in this setting given marrow edema,
    and with all findings; the Shapley weights sum to their difference. `exact` says whether all
    orders were averaged, `orders` how many were drawn otherwise.
    """

    diagnosis: str
    label: str
    before: float
    after: float
    present: float
    exact: bool
    orders: int
    findings: tuple[Weight, ...]

    def to_frame(self) -> pd.DataFrame:
        """Index finding id; state, weight, shapley, probabilities with and without, sources."""
        columns = ["state", "weight", "shapley", "standard_error", "with_diagnosis",
                   "without_diagnosis", "through", "sources"]  # fmt: skip
        rows = {
            f.id: (
                f.state, f.weight, f.shapley, f.standard_error, f.with_diagnosis,
                f.without_diagnosis, " ".join(t.id for t in f.through), " ".join(f.sources),
            )
            for f in self.findings
        }  # fmt: skip
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        frame.index.name = "finding"
        return frame

    def _repr_html_(self) -> str:
        most = max((abs(f.weight) for f in self.findings), default=0.0) or 1.0
        rows = [
            (
                f.label,
                f.state,
                signed_bar(f.weight, most),
                f"{f.weight:+.2f}",
                percent(f.with_diagnosis),
                percent(f.without_diagnosis),
            )
            for f in self.findings
        ]
        head = ("Finding", "", "", "Weight", f"Seen with {self.diagnosis}", "Without")
        title = f"{self.label}: present {percent(self.present)}"
        note = "To the right: speaks for it; to the left: against it (natural log-odds)."
        return answer_html(title, head, rows, note)


def explain(
    space: DiseaseSpace,
    belief: Belief,
    diagnosis: str,
    *,
    rng: Generator | None = None,
    orders: int = ORDERS,
) -> Weighing:
    """The weight of each finding for or against the presence of a diagnosis.

    Leave-one-out weights and interactions are exact. Shapley weights are exact for up to
    `EXACT` findings; above, averages over `orders` random orders, each also taken backwards,
    with their standard errors (`rng`: the generator; a fixed one by default). Marrow edema is
    taken for granted and not among the findings. Raises `UnknownName`.
    """
    if diagnosis not in space.scenarios.diagnoses:
        raise UnknownName(
            "diagnosis", diagnosis, space.scenarios.diagnoses, labels=space.network.labels
        )
    given = make_target(space, diagnosis).given
    subsets = Subsets(space, belief)
    count = len(subsets.names)
    exact = count <= EXACT
    if exact:
        shapley, error = shapley_values(log_odds(subsets.every(given)), count), np.zeros(count)
    else:
        shapley, error = sampled_shapley(subsets, given, orders, rng or default_rng(0))
    ends, found = _weigh(subsets, diagnosis, given)
    weights = [
        replace(w, shapley=float(s), standard_error=float(e))
        for w, s, e in zip(found, shapley, error, strict=True)
    ]
    return Weighing(
        diagnosis=diagnosis,
        label=space.network.variable(diagnosis).label,
        before=ends[0],
        after=ends[1],
        present=1 / (1 + math.exp(-ends[1])),
        exact=exact,
        orders=0 if exact else 2 * orders,
        findings=tuple(sorted(weights, key=lambda f: -abs(f.weight))),
    )


def _weigh(
    subsets: Subsets, diagnosis: str, given: Floats
) -> tuple[tuple[float, float], list[Weight]]:
    """Log-odds without and with all findings, and each finding left out by itself."""
    count = len(subsets.names)
    every = np.ones((1, count), dtype=bool)
    out, pairs = left_out(count)
    joint = subsets.weights(np.vstack([every, ~every, out, pairs]), given)
    value, without = log_odds(joint), joint[2 : 2 + count]
    alone = value[2 : 2 + count]
    chance = np.divide(joint[0], without, out=np.zeros_like(without), where=without > 0)
    change = interactions(value[0], alone, value[2 + count :], count)
    found = [
        _weight(subsets, diagnosis, i, float(value[0] - alone[i]), chance[i], change[i])
        for i in range(count)
    ]
    return (float(value[1]), float(value[0])), found


def _through(names: tuple[str, ...], change: Floats) -> tuple[Interaction, ...]:
    order = np.argsort(-np.abs(change), kind="stable")
    return tuple(
        Interaction(names[j], float(change[j])) for j in order if abs(change[j]) >= NOTABLE
    )


def _weight(
    subsets: Subsets, diagnosis: str, place: int, weight: float, chance: Floats, change: Floats
) -> Weight:
    network, name = subsets.space.network, subsets.names[place]
    variable, known = network.variable(name), subsets.belief.coded[name]
    numbers = tuple(_numbers(network, name, diagnosis, known))
    state, through = finding_words(variable, known), _through(subsets.names, change)
    disease = short(network.variable(diagnosis).label)
    words = weight_words(variable.label, state, disease, weight, chance)
    return Weight(
        id=name,
        label=variable.label,
        state=state,
        weight=weight,
        shapley=0.0,
        standard_error=0.0,
        with_diagnosis=float(chance[0]),
        without_diagnosis=float(chance[1]),
        through=through,
        numbers=numbers,
        sources=tuple(dict.fromkeys(s for n in numbers for s in n.sources)),
        words=words + _because(network, weight, through),
    )


def _numbers(network: Network, name: str, diagnosis: str, known: Floats) -> Iterator[Number]:
    """The numbers behind a finding for the kinds of a diagnosis, and for none of them.

    Where the state that was seen is the rest of the others, the others' numbers.
    """
    variable = network.variable(name)
    quantity = QUANTITIES[variable.role]
    seen = [s for s, w in zip(variable.states, known, strict=True) if w > 0]
    for cause in [*(k.cause for k in network.kinds_of(diagnosis)), NONE]:
        found = [network.number(quantity, name, s, cause) for s in seen]
        if not any(found):
            found = [network.number(quantity, name, s, cause) for s in variable.states]
        yield from (n for n in found if n)


def _because(network: Network, weight: float, through: tuple[Interaction, ...]) -> str:
    """The finding that it works through most, where that is much of its weight."""
    if not through or abs(through[0].change) < max(NOTABLE, 0.25 * abs(weight)):
        return ""
    more = "less" if through[0].change * weight < 0 else "more"
    other = in_sentence(network.variable(through[0].id).label)
    return f" It weighs {more} because of: {other}."
