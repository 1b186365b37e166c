"""Whether the findings fit together under any diagnosis of the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.findings import Coded
from bme_bayes.network import EDEMA
from bme_bayes.questions.results import Results
from bme_bayes.questions.subsets import Subsets
from bme_bayes.questions.words import finding_words

Floats = NDArray[np.float64]
FITS = "fits together"
UNUSUAL = "unusual: wrongly typed, rare, or outside this model"
UNUSUAL_BELOW = 0.02
EXACT = 4096


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
    findings : each with its probability given the others, least expected first
    verdict : `FITS`, or `UNUSUAL` when `as_odd` is below `UNUSUAL_BELOW`
    unchecked : uncertain findings; how odd they are is not defined, so they are left out
    """

    measure: float
    log_evidence: float
    as_odd: float
    standard_error: float
    exact: bool
    draws: int
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
    checked = {n: v for n, v in belief.coded.items() if n != EDEMA and np.count_nonzero(v) == 1}
    unchecked = tuple(n for n in belief.coded if n != EDEMA and n not in checked)
    edema: Coded = {n: v for n, v in belief.coded.items() if n == EDEMA}
    subsets = Subsets(space, space.belief({**edema, **checked}, belief.assumed))
    count = len(subsets.names)
    masks = [np.ones((1, count), bool), np.zeros((1, count), bool), ~np.eye(count, dtype=bool),
             np.eye(count, dtype=bool)]  # fmt: skip
    weight = subsets.weights(np.vstack(masks), np.ones((space.scenarios.size, 1)))[:, 0]
    together = float(weight[0] / weight[1])
    others, alone = weight[0] / weight[2 : 2 + count], weight[2 + count :] / weight[1]
    before = space.belief(edema, belief.assumed)
    results = Results(space, before, subsets.names, neglect)
    exact = results.size <= EXACT
    as_odd = _enumerated(results, together) if exact else _sampled(results, together, draws, rng)
    found = [
        Expected(
            id=name,
            label=space.network.variable(name).label,
            state=finding_words(space.network.variable(name), checked[name]),
            given_others=min(float(others[i]), 1.0),
            alone=min(float(alone[i]), 1.0),
        )
        for i, name in enumerate(subsets.names)
    ]
    return Conflict(
        measure=float((np.log(alone).sum() - np.log(together)) / np.log(2)),
        log_evidence=float(np.log(together)),
        as_odd=as_odd,
        standard_error=0.0 if exact else float(np.sqrt(as_odd * (1 - as_odd) / draws)),
        exact=exact,
        draws=0 if exact else draws,
        findings=tuple(sorted(found, key=lambda f: f.given_others)),
        verdict=UNUSUAL if as_odd < UNUSUAL_BELOW else FITS,
        unchecked=unchecked,
    )


def _enumerated(results: Results, together: float) -> float:
    chance = results.every(np.ones((len(results.keep), 1)))[:, 0]
    return min(float(chance[chance <= together * (1 + 1e-6)].sum()), 1.0)


def _sampled(results: Results, together: float, draws: int, rng: Generator) -> float:
    chance = results.weigh(results.sample(draws, rng), np.ones((len(results.keep), 1)))[:, 0]
    return float((1 + (chance <= together * (1 + 1e-6)).sum()) / (1 + draws))
