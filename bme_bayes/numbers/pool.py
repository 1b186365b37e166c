"""Pooling: several judgements, several published series, and both together.

Judgements are averaged on the log-odds scale and their spread is the uncertainty.
Published series are added up by `sources.weight`: their sample size times how far their patients
are the patients in question. Both combine by weight: the judgement as a Beta
prior worth at most `PANEL_N` patients, the series as data worth at most `SERIES_N`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betaincinv

from bme_bayes.sources import weight

PANEL_N = 10.0
SERIES_N = 60.0
LEAST_SPREAD = 0.35
"""Three passes that agree still leave this standard error of the log-odds."""
FLOOR = 0.002


def logit(p: float) -> float:
    """Log-odds of a probability."""
    return math.log(p / (1.0 - p))


def expit(x: float) -> float:
    """Probability of log-odds."""
    return 1.0 / (1.0 + math.exp(-x))


def clip(p: float, floor: float = FLOOR) -> float:
    """A probability kept off 0 and 1."""
    return min(max(p, floor), 1.0 - floor)


@dataclass(frozen=True)
class Judged:
    """Pooled judgements: mean log-odds and its spread."""

    mean: float
    spread: float

    @property
    def value(self) -> float:
        """The pooled probability."""
        return expit(self.mean)

    @property
    def n(self) -> float:
        """Equivalent sample size of the spread, 2 to `PANEL_N`."""
        p = self.value
        return min(max(1.0 / (self.spread**2 * p * (1 - p)), 2.0), PANEL_N)


@dataclass(frozen=True)
class Series:
    """Published series of one quantity, added up by weight."""

    value: float
    n: float
    claims: tuple[str, ...]


def judge(values: Sequence[float]) -> Judged:
    """Pool independent judgements of one probability."""
    logits = [logit(clip(v)) for v in values]
    mean = sum(logits) / len(logits)
    variance = sum((x - mean) ** 2 for x in logits) / max(len(logits) - 1, 1)
    return Judged(mean, math.sqrt(max(variance, LEAST_SPREAD**2)))


def add_up(claims: Sequence[tuple[str, float, float, float]]) -> Series | None:
    """Add up (claim id, value, n, spectrum); a series counts for `ONE_SERIES_N` at most."""
    weights = [weight(n, spectrum) for _, _, n, spectrum in claims]
    total = sum(weights)
    if total <= 0:
        return None
    value = sum(w * v for w, (_, v, _, _) in zip(weights, claims, strict=True)) / total
    return Series(value, min(total, SERIES_N), tuple(c[0] for c in claims))


@dataclass(frozen=True)
class Combined:
    """A number with its interval and weight."""

    value: float
    low: float
    high: float
    n: float
    basis: str


def combine(judged: Judged, series: Series | None) -> Combined:
    """Judgement as prior, published series as data; the interval is that of the sum."""
    panel_n = judged.n
    if series is None:
        p, n, basis = judged.value, panel_n, "elicited"
    else:
        n = panel_n + series.n
        p = clip((panel_n * judged.value + series.n * series.value) / n)
        basis = "published" if series.n >= 3 * panel_n else "both"
    low, high = interval(p, n)
    return Combined(p, low, high, n, basis)


def interval(p: float, n: float) -> tuple[float, float]:
    """95 % interval of a proportion of weight n: quantiles of Beta(n p, n (1 - p)).

    Where the Beta piles up at an edge the interval is kept wide enough to hold p and off 0
    and 1: at least from p / 10, at most to 1 - (1 - p) / 10.
    """
    low, high = (float(betaincinv(n * p, n * (1 - p), q)) for q in (0.025, 0.975))
    return min(max(low, p / 10), 0.98 * p), max(min(high, 1 - (1 - p) / 10), 1 - 0.98 * (1 - p))


def shift_to_mean(logits: Sequence[float], shares: Sequence[float], target: float) -> float:
    """The one shift of all log-odds that makes their average by share the target."""
    low, high = -12.0, 12.0
    for _ in range(60):
        mid = (low + high) / 2
        mean = sum(s * expit(x + mid) for s, x in zip(shares, logits, strict=True))
        low, high = (mid, high) if mean < target else (low, mid)
    return (low + high) / 2
