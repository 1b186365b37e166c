"""Same decision: how likely the leader stays the leader, whatever else is learned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.notebook import answer_html, bar, percent
from bme_bayes.questions.results import Results, unknown_findings

Floats = NDArray[np.float64]
EXACT = 4096
BATCH = 1000


@dataclass(frozen=True)
class SameDecision:
    """The leader now, and how often each diagnosis would lead after all `findings` are known.

    `probability` that the leader stays, with its `standard_error` over `draws` sampled sets of
    results (0 where all were enumerated, `exact`). `leaders` sums to 1, most frequent first.
    `neglected` is the posterior mass of the scenarios left out.
    """

    leader: str
    probability: float
    standard_error: float
    exact: bool
    draws: int
    leaders: Mapping[str, float]
    findings: tuple[str, ...]
    neglected: float

    def to_frame(self) -> pd.DataFrame:
        """Index diagnosis id; `leads`: probability of being the leader once all is known."""
        frame = pd.DataFrame({"leads": self.leaders})
        frame.index.name = "diagnosis"
        return frame

    def _repr_html_(self) -> str:
        rows = [(d, bar(p), percent(p)) for d, p in self.leaders.items() if p >= 0.0005]
        title = (
            f"{self.leader} leads now, and still would in {percent(self.probability)} once "
            f"{len(self.findings)} findings are known"
        )
        return answer_html(title, ("Would lead", "", "Probability"), rows)


def same_decision(
    space: DiseaseSpace,
    belief: Belief,
    names: Iterable[str] | None = None,
    *,
    rng: Generator,
    draws: int = 2000,
    neglect: float = 1e-6,
) -> SameDecision:
    """Probability that the leading main cause is the same after further findings.

    sum over results r of P(r) [leader after r = leader now]: enumerated up to `EXACT` joint
    results, else the share of `draws` sampled results, each with its exact posterior and
    standard error sqrt(p (1 - p) / draws). `names` are the findings that could be learned (for
    tests: what they reveal); all unknown ones by default. Raises `UnknownName`, `InputError`.
    """
    if draws < 2:
        raise InputError(f"draws: {draws} is too few; at least 2")
    chosen = unknown_findings(space, belief) if names is None else names
    results = Results(space, belief, chosen, neglect)
    diagnoses, main = space.scenarios.diagnoses, space.main_matrix[results.keep]
    leader = int(np.argmax(results.weight @ main))
    exact = results.size <= EXACT
    share = _enumerated(results, main) if exact else _sampled(results, main, draws, rng)
    p = float(share[leader])
    order = [d for d in np.argsort(-share, kind="stable") if share[d] > 0]
    return SameDecision(
        leader=diagnoses[leader],
        probability=p,
        standard_error=0.0 if exact else float(np.sqrt(p * (1 - p) / draws)),
        exact=exact,
        draws=0 if exact else draws,
        leaders={diagnoses[d]: float(share[d]) for d in order},
        findings=results.names,
        neglected=results.neglected,
    )


def _enumerated(results: Results, main: Floats) -> Floats:
    joint = results.every(np.hstack([main, np.ones((len(main), 1))]))
    leaders = joint[:, :-1].argmax(axis=1)
    return np.bincount(leaders, joint[:, -1], minlength=main.shape[1]).astype(np.float64)


def _sampled(results: Results, main: Floats, draws: int, rng: Generator) -> Floats:
    count = np.zeros(main.shape[1])
    for start in range(0, draws, BATCH):
        joint = results.weigh(results.sample(min(BATCH, draws - start), rng), main)
        count += np.bincount(joint.argmax(axis=1), minlength=main.shape[1])
    return count / draws
