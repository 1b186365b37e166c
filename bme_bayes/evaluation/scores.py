"""Scores of probability answers, with intervals by bootstrap over the cases.

Every score is a function of sums over cases, so a bootstrap sample is a vector of counts
and all samples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.cases import Case
from bme_bayes.errors import InputError
from bme_bayes.evaluation.answers import CaseAnswer
from bme_bayes.questions.targets import DANGEROUS

Floats = NDArray[np.float64]
BAR = 0.05
BINS = 10
DRAWS = 1000
LEAST = 1e-12
MEANS = (
    "top1", "top2", "top3", "top1_present", "top2_present", "top3_present", "top1_or_also",
    "log_loss", "brier", "over_bar", "dangerous_over_bar",
)  # fmt: skip
SHARES = (*MEANS[:7], "must_not_miss")
TAIL = 0.025
METRICS = (*MEANS, "must_not_miss", "ece", "leader_ece", "leader_gap")
Scores = dict[str, float]


@dataclass(frozen=True)
class Scored:
    """Scores of a group of cases, with `low` and `high` from the bootstrap (95 %).

    A share of 0 or 1, of which every bootstrap sample says the same, has the exact interval of
    Clopper and Pearson instead.
    """

    n: int
    score: Scores
    low: Scores = field(default_factory=dict)
    high: Scores = field(default_factory=dict)


def score_groups(
    cases: Sequence[Case], answers: Sequence[CaseAnswer], rng: Generator, draws: int = DRAWS
) -> dict[str, Scored]:
    """Scores over all cases, by difficulty and by region.

    `top1` to `top3`, `log_loss` and `brier` use the main cause, normalised to 1; those with
    `_present` rank by presence. `must_not_miss` is the share of dangerous diagnoses given at
    least 5 % presence, `over_bar` how many diagnoses pass that bar in a case. `ece` is the
    calibration error over all pairs of case and diagnosis (presence), `leader_ece` that of
    the leader (main cause), and `leader_gap` the leader's mean probability less its accuracy.
    Raises `InputError` for cases without an answer.
    """
    rows = _rows(cases, answers)
    groups: dict[str, list[int]] = {"all": list(range(len(cases)))}
    for name in ("difficulty", "region"):
        for value in sorted({getattr(c, name) for c in cases} - {""}):
            groups[value] = [i for i, c in enumerate(cases) if getattr(c, name) == value]
    return {name: _score(rows[index], rng, draws) for name, index in groups.items()}


def score_difference(
    cases: Sequence[Case],
    answers: Sequence[CaseAnswer],
    others: Sequence[CaseAnswer],
    rng: Generator,
    draws: int = DRAWS,
) -> Scored:
    """Scores of some answers less those of others to the same cases, with paired intervals.

    Each bootstrap sample is of cases, and both are scored on it: what makes a case hard for both
    cancels out.
    """
    n = len(cases)
    counts = np.vstack([np.ones((1, n)), _samples(n, rng, draws)])
    own, their = (_metrics(counts @ _rows(cases, a)) for a in (answers, others))
    less = {k: own[k] - their[k] for k in METRICS}
    low, high = _interval({k: v[1:] for k, v in less.items()})
    return Scored(n, {k: float(v[0]) for k, v in less.items()}, low, high)


def _rows(cases: Sequence[Case], answers: Sequence[CaseAnswer]) -> Floats:
    by_id = {a.case_id: a for a in answers}
    missing = [c.case_id for c in cases if c.case_id not in by_id]
    if missing:
        raise InputError(f"no answer for {len(missing)} cases: {', '.join(missing[:5])}")
    return np.stack([_contributions(c, by_id[c.case_id]) for c in cases])


def _score(rows: Floats, rng: Generator, draws: int) -> Scored:
    n, sums = len(rows), rows.sum(axis=0)
    point = {k: float(v[0]) for k, v in _metrics(sums[None]).items()}
    if draws < 1:
        return Scored(n, point)
    low, high = _interval(_metrics(_samples(n, rng, draws) @ rows))
    for name in SHARES:
        asked = n if name in MEANS else int(sums[1 + len(MEANS)])
        if point[name] == 1:
            low[name] = TAIL ** (1 / asked)
        elif point[name] == 0:
            high[name] = 1 - TAIL ** (1 / asked)
    return Scored(n, point, low, high)


def _samples(n: int, rng: Generator, draws: int) -> Floats:
    """(draws, n) how often each case is in each bootstrap sample."""
    return rng.multinomial(n, np.full(n, 1 / n), size=draws).astype(np.float64)


def _interval(drawn: Mapping[str, Floats]) -> tuple[Scores, Scores]:
    """Where the middle 95 % of the samples begin and end."""
    low, high = (
        {k: float(np.nanquantile(v, q)) for k, v in drawn.items() if not np.isnan(v).all()}
        for q in (TAIL, 1 - TAIL)
    )
    return low, high


def _contributions(case: Case, answer: CaseAnswer) -> Floats:
    """What one case adds: means, must-not-miss, bins of all pairs, bins of the leader."""
    main = _normalised(answer.probabilities)
    truth, either = case.diagnosis, {case.diagnosis, *case.also}
    leader = max(main, key=lambda d: main[d])
    rank, rank_present = _rank(main, truth), _rank(answer.present, truth)
    over = [d for d, p in answer.present.items() if p >= BAR]
    means = [
        *(float(rank <= k) for k in (1, 2, 3)),
        *(float(rank_present <= k) for k in (1, 2, 3)),
        float(leader in either),
        -float(np.log(max(main.get(truth, 0.0), LEAST))),
        sum((p - (d == truth)) ** 2 for d, p in main.items()) + (truth not in main),
        float(len(over)),
        float(len([d for d in over if d in DANGEROUS])),
    ]
    must = [float(truth in DANGEROUS), float(truth in DANGEROUS and truth in over)]
    pairs = np.zeros((3, BINS))
    for diagnosis, p in answer.present.items():
        pairs[:, _bin(p)] += (1.0, p, float(diagnosis in either))
    lead = np.zeros((3, BINS))
    lead[:, _bin(main[leader])] = (1.0, main[leader], float(leader == truth))
    return np.concatenate([[1.0], means, must, pairs.ravel(), lead.ravel()])


def _metrics(sums: Floats) -> dict[str, Floats]:
    """(B, m) sums to (B,) of each metric; NaN where a group has no such case."""
    n = sums[:, 0]
    out = {name: sums[:, 1 + i] / n for i, name in enumerate(MEANS)}
    place = 1 + len(MEANS)
    must, hit = sums[:, place], sums[:, place + 1]
    out["must_not_miss"] = np.divide(hit, must, out=np.full_like(must, np.nan), where=must > 0)
    pairs, lead = sums[:, place + 2 :].reshape(len(sums), 2, 3, BINS).transpose(1, 2, 0, 3)
    for name, (count, p, hits) in (("ece", pairs), ("leader_ece", lead)):
        out[name] = np.abs(p - hits).sum(axis=1) / count.sum(axis=1)
    out["leader_gap"] = (lead[1] - lead[2]).sum(axis=1) / lead[0].sum(axis=1)
    return out


def _normalised(probabilities: Mapping[str, float]) -> dict[str, float]:
    total = sum(probabilities.values()) or 1.0
    return {d: p / total for d, p in probabilities.items()}


def _rank(probabilities: Mapping[str, float], truth: str) -> int:
    if truth not in probabilities:
        return 99
    return 1 + sum(p > probabilities[truth] for p in probabilities.values())


def _bin(p: float) -> int:
    return min(int(p * BINS), BINS - 1)
