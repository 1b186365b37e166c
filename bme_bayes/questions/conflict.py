"""Whether the findings fit together under any diagnosis of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.findings import Coded
from bme_bayes.network import EDEMA
from bme_bayes.notebook import answer_html, bar, percent
from bme_bayes.questions.results import Results
from bme_bayes.questions.subsets import Subsets
from bme_bayes.questions.targets import make_target
from bme_bayes.questions.words import finding_words

Floats = NDArray[np.float64]
FITS = "not unusual under this model; that makes no diagnosis safe"
UNUSUAL = "unusual: wrongly typed, rare, or outside this model"
UNUSUAL_BELOW = 0.02
EXACT = 4096
TRIED = 3
"""The most probable diagnoses under which the findings are tried."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How well one finding fits the others: its probability given them, and by itself."""

    id: str
    label: str
    state: str
    given_others: float
    alone: float


@dataclass(frozen=True)
class Conflict:
    """Whether the findings fit together.

    measure : Jensen's, log2(product of P(finding) / P(all findings)): above 0, the findings
        are less probable together than if they had nothing to do with each other
    log_evidence : ln P(all findings that were checked), in this setting given marrow edema
    as_odd : share of the patients of this model, with the same things asked, whose findings
        are as improbable as these or more; `standard_error` 0 where enumerated (`exact`)
    under : the same share among patients with each of the most probable diagnoses
    findings : each with its probability given the others, least expected first
    verdict : `UNUSUAL` when `as_odd` and all of `under` are below `UNUSUAL_BELOW` (a rare
        disease with its usual findings fits), else `FITS`
    unchecked : uncertain findings; how odd they are is not defined, so they are left out
    """

    measure: float
    log_evidence: float
    as_odd: float
    standard_error: float
    exact: bool
    draws: int
    under: Mapping[str, float]
    findings: tuple[Expected, ...]
    verdict: str
    unchecked: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Index finding id; state, probability given the other findings, and alone."""
        rows = {f.id: (f.state, f.given_others, f.alone) for f in self.findings}
        columns = ["state", "given_others", "alone"]
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        frame.index.name = "finding"
        return frame

    def _repr_html_(self) -> str:
        rows = [
            (f.label, f.state, bar(f.given_others, mark=f.alone), percent(f.given_others),
             percent(f.alone))
            for f in self.findings
        ]  # fmt: skip
        head = ("Finding", "", "", "Given the others", "Alone")
        note = f"As odd or odder: {percent(self.as_odd)} of the patients of this model."
        return answer_html(self.verdict, head, rows, note, "Mark: the finding alone.")


def conflict(
    space: DiseaseSpace, belief: Belief, *, rng: Generator, draws: int = 2000, neglect: float = 1e-9
) -> Conflict:
    """Check findings against each other and against the model.

    The share as odd is sum over results r of P(r) [P(r) <= P(findings)], over all results of
    the same findings: enumerated up to `EXACT`, else from `draws` patients drawn from the model
    ((1 + count) / (1 + draws)). A verdict of "unusual" does not say which of its three reasons
    holds; the least expected finding is where to look first. Raises `InputError`.
    """
    if draws < 2:
        raise InputError(f"draws: {draws} is too few; at least 2")
    edema: Coded = {n: v for n, v in belief.coded.items() if n == EDEMA}
    certain = {n: v for n, v in belief.coded.items() if np.count_nonzero(v) == 1}
    with_all = space.belief({**edema, **certain}, belief.assumed)
    before = space.belief(edema, belief.assumed)
    tried = _most_probable(space, with_all)
    given = np.stack([np.ones(space.scenarios.size), *tried.values()], axis=1)
    together, found = _expected(Subsets(space, with_all), given)
    names = [f.id for f in found]
    exact = Results(space, before, names, neglect).size <= EXACT
    shares = []
    for column, chance in zip(given.T, together, strict=True):
        some = replace(before, scenario=before.scenario * column / (before.scenario @ column))
        results = Results(space, some, names, neglect)
        odd = _enumerated(results, chance) if exact else _sampled(results, chance, draws, rng)
        shares.append(odd)
    as_odd = shares[0]
    return Conflict(
        measure=float(sum(np.log2(f.alone) for f in found) - np.log2(together[0])),
        log_evidence=float(np.log(together[0])),
        as_odd=as_odd,
        standard_error=0.0 if exact else float(np.sqrt(as_odd * (1 - as_odd) / draws)),
        exact=exact,
        draws=0 if exact else draws,
        under=dict(zip(tried, shares[1:], strict=True)),
        findings=tuple(sorted(found, key=lambda f: f.given_others)),
        verdict=UNUSUAL if max(shares) < UNUSUAL_BELOW else FITS,
        unchecked=tuple(n for n in belief.coded if n not in certain and n != EDEMA),
    )


def _expected(subsets: Subsets, given: Floats) -> tuple[Floats, list[Expected]]:
    """P(all findings | each column of `given`), and every finding alone and given the others."""
    network, count = subsets.space.network, len(subsets.names)
    leave = np.eye(count, dtype=bool)
    ends = np.array([[True], [False]]) | np.zeros((2, count), dtype=bool)
    weight = subsets.weights(np.vstack([ends, ~leave, leave]), given)
    everything, nothing = weight[:2, 0]
    found = [
        Expected(
            id=name,
            label=network.variable(name).label,
            state=finding_words(network.variable(name), subsets.belief.coded[name]),
            given_others=min(float(everything / weight[2 + i, 0]), 1.0),
            alone=min(float(weight[2 + count + i, 0] / nothing), 1.0),
        )
        for i, name in enumerate(subsets.names)
    ]
    return np.asarray(weight[0] / weight[1]), found


def _most_probable(space: DiseaseSpace, belief: Belief) -> dict[str, Floats]:
    """(S,) presence of each of the most probable diagnoses."""
    given = {d: make_target(space, d).given[:, 0] for d in space.scenarios.diagnoses}
    order = sorted(given, key=lambda d: -float(belief.scenario @ given[d]))
    return {d: given[d] for d in order[:TRIED] if belief.scenario @ given[d] > 0}


def _enumerated(results: Results, together: float) -> float:
    chance = results.every(np.ones((len(results.keep), 1)))[:, 0]
    return min(float(chance[chance <= together * (1 + 1e-6)].sum()), 1.0)


def _sampled(results: Results, together: float, draws: int, rng: Generator) -> float:
    chance = results.weigh(results.sample(draws, rng), np.ones((len(results.keep), 1)))[:, 0]
    return float((1 + (chance <= together * (1 + 1e-6)).sum()) / (1 + draws))
