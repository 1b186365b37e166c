"""A case played step by step, and its score. Pure: no Streamlit.

A round is what was asked for, what it revealed, and the estimate that the learner committed
after seeing it. The model's answer to the same findings is worked out by whoever shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bme_bayes.network import EDEMA, Network
from bme_bayes.questions.battery import Bundle
from bme_bayes.ui.teach_cases import TeachCase

Estimate = Mapping[str, float]
START = "start"
BINS = ((0.0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01))


@dataclass(frozen=True)
class Order:
    """Something to ask for; `findings` is what it can reveal, `words` what it costs."""

    id: str
    label: str
    findings: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True)
class Round:
    """What was asked for, what it revealed, and the estimate after it (None: not yet)."""

    order: str
    label: str
    revealed: tuple[str, ...]
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Play:
    """A case being played. `shown`: the diagnosis has been shown."""

    case: TeachCase
    rounds: tuple[Round, ...]
    finished: bool = False
    shown: bool = False

    @property
    def known(self) -> dict[str, object]:
        """Everything revealed so far."""
        return self.known_after(len(self.rounds))

    def known_after(self, rounds: int) -> dict[str, object]:
        """What was known after so many rounds."""
        names = [f for r in self.rounds[:rounds] for f in r.revealed]
        return {f: self.case.findings[f] for f in names}

    @property
    def waits_for_estimate(self) -> bool:
        """Whether the learner has still to commit to what is known now."""
        return self.rounds[-1].estimate is None


@dataclass(frozen=True)
class Result:
    """A finished case: its title, truth, and round by round the estimates and what was known.

    `fewest` are the findings beyond the start that would have been enough for the model; None if
    none are. `findings` counts what was known, the start included.
    """

    title: str
    truth: str
    learner: tuple[Estimate, ...]
    model: tuple[Estimate, ...]
    orders: int
    findings: tuple[int, ...]
    fewest: tuple[str, ...] | None = None

    @property
    def judged(self) -> tuple[Estimate, ...]:
        """The learner's estimates at the start and after each round that revealed something."""
        before = (0, *self.findings)
        return tuple(
            e for e, n, was in zip(self.learner, self.findings, before, strict=False) if n > was
        )


def begin(case: TeachCase) -> Play:
    """A case at its vignette."""
    return Play(case, (Round(START, "The start", case.start),))


def commit(play: Play, estimate: Estimate) -> Play:
    """The learner's estimate for what is known now."""
    *before, last = play.rounds
    return replace(play, rounds=(*before, replace(last, estimate=dict(estimate))))


def ask(play: Play, order: Order) -> Play:
    """Ask for something: what the case holds of it is revealed.

    Where that is nothing, the estimate stands: there is nothing new to judge.
    """
    known = play.known
    revealed = tuple(f for f in order.findings if f in play.case.findings and f not in known)
    stands = None if revealed else play.rounds[-1].estimate
    return replace(play, rounds=(*play.rounds, Round(order.id, order.label, revealed, stands)))


def orders(network: Network, tests: Sequence[Bundle], play: Play) -> tuple[Order, ...]:
    """What can still be asked for: tests and groups first, then single findings."""
    asked = {r.order for r in play.rounds}
    known = play.known
    observed = [
        v for v in network.of_role("context", "risk", "finding") if v.id not in known | {EDEMA: 1}
    ]
    groups = {"risk": "History: risk factors", "symptom": "History: symptoms"}
    out = [
        Order(name, label, tuple(v.id for v in observed if v.group == name))
        for name, label in groups.items()
    ]
    out += [
        Order(t.id, t.label, t.reveals(network), t.words)
        for t in tests
        if "symptom" not in t.groups
    ]
    covered = {f for o in out if o.id in asked for f in o.findings}
    out += [Order(v.id, v.label, (v.id,)) for v in observed if v.id not in covered]
    return tuple(o for o in out if o.id not in asked and o.findings)


def spread(chosen: Mapping[str, float], diagnoses: Sequence[str]) -> dict[str, float]:
    """Chances of the chosen diagnoses, and what is left evenly over the others; sums to 1."""
    total = sum(chosen.values())
    others = [d for d in diagnoses if d not in chosen]
    if total >= 1 or not others:
        scale = total if total > 0 else 1.0
        even = 0.0 if total > 0 else 1 / len(diagnoses)
        return {d: chosen.get(d, 0.0) / scale + even for d in diagnoses}
    return {d: chosen.get(d, (1 - total) / len(others)) for d in diagnoses}


def brier(estimate: Estimate, truth: str) -> float:
    """Sum over the diagnoses of (chance less 1 or 0) squared: 0 is perfect, 2 the worst."""
    return sum((p - (d == truth)) ** 2 for d, p in estimate.items())


def leader(estimate: Estimate) -> str:
    """The diagnosis held for the most probable."""
    return max(estimate, key=lambda d: estimate[d])


def settled(estimates: Sequence[Estimate], truth: str) -> int | None:
    """The first round from which on the truth leads to the end; None if it does not."""
    found = None
    for number, estimate in enumerate(estimates):
        if leader(estimate) != truth:
            found = None
        elif found is None:
            found = number
    return found


@dataclass(frozen=True)
class Bin:
    """Estimates with a confidence between two bounds: how sure, and how often right."""

    low: float
    high: float
    count: int
    said: float
    right: float


def calibration(results: Sequence[Result]) -> list[Bin]:
    """How sure the learner was of the leading diagnosis in every round, and how often right."""
    pairs = [(e[leader(e)], leader(e) == r.truth) for r in results for e in r.judged]
    out = []
    for low, high in BINS:
        here = [(p, ok) for p, ok in pairs if low <= p < high]
        if here:
            said = sum(p for p, _ in here) / len(here)
            out.append(Bin(low, high, len(here), said, sum(ok for _, ok in here) / len(here)))
    return out


def average(results: Sequence[Result]) -> tuple[float, float]:
    """Mean Brier score of the last estimates: the learner's and the model's."""
    pairs = [(brier(r.learner[-1], r.truth), brier(r.model[-1], r.truth)) for r in results]
    return sum(p[0] for p in pairs) / len(pairs), sum(p[1] for p in pairs) / len(pairs)
