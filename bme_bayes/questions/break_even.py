"""The inverse question: what would have to be different for another diagnosis to lead."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.network import Number
from bme_bayes.notebook import answer_html, percent
from bme_bayes.questions.curves import through
from bme_bayes.questions.prior_versions import BASE_RATE
from bme_bayes.questions.reweigh import Reweigher
from bme_bayes.questions.variations import SHARES, evaluate, mattering

Floats = NDArray[np.float64]
RANGE = {True: (1e-5, 0.99), False: (0.01, 100.0)}
"""Where a number is looked for: shares, and odds ratios as multiples of what they are."""
ROUNDS = 50
CLOSE = 1e-9
PAST = 1e-4
"""Just past the turning point (of the logarithm or log-odds) it is asked who leads then."""


SHOWN = 12
"""Numbers that a notebook shows."""


@dataclass(frozen=True, slots=True)
class Turning:
    """The value of one number at which the challenger draws level with the leader.

    needed : that value, None where the number cannot bring it about
    distance : how far that is, as a change of log-odds (shares) or logarithm (ratios)
    within : whether it lies in the number's own interval
    then_leads : who leads just past it
    """

    number: Number
    needed: float | None
    distance: float
    within: bool
    then_leads: str


@dataclass(frozen=True)
class BreakEven:
    """What one would have to believe for another diagnosis to lead; the nearest first."""

    leader: str
    challenger: str
    leader_now: float
    challenger_now: float
    turnings: tuple[Turning, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row a number: what it is, its value, what it would have to be."""
        rows = [
            {
                "quantity": t.number.quantity,
                "child": t.number.child,
                "state": t.number.state,
                "cause": t.number.cause,
                "value": t.number.value,
                "needed": t.needed,
                "low": t.number.low,
                "high": t.number.high,
                "within": t.within,
                "then_leads": t.then_leads,
            }
            for t in self.turnings
        ]
        columns = ["quantity", "child", "state", "cause", "value", "needed", "low", "high",
                   "within", "then_leads"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def _repr_html_(self) -> str:
        able = [t for t in self.turnings if t.needed is not None]
        rows = [
            (
                f"{t.number.quantity} {t.number.child}={t.number.state} {t.number.cause}",
                f"{t.number.value:.3g}",
                f"{t.needed:.3g}",
                "yes" if t.within else "no",
                t.then_leads,
            )
            for t in able[:SHOWN]
            if t.needed is not None
        ]
        note = (
            f"{len(able)} of {len(self.turnings)} numbers could do it by themselves; the nearest "
            f"{len(rows)} are shown."
        )
        title = (
            f"{self.leader} ({percent(self.leader_now)}) leads; for {self.challenger} "
            f"({percent(self.challenger_now)}) to lead, one of these would have to be"
        )
        head = ("Number", "Is", "Would have to be", "Within its interval", "Then leads")
        return answer_html(title, head, rows, note)


def break_even(
    space: DiseaseSpace, belief: Belief, challenger: str | None = None, *, neglect: float = 1e-6
) -> BreakEven:
    """Which base rate or odds ratio would have to be what for another diagnosis to lead.

    Of each base rate of the leader and the challenger (by default the second main cause), and
    each odds ratio and share of their kinds for the risk factors and context that are known:
    the value at which both are equally probable main causes, all else kept (other base rates
    give way). Where their difference is (a + b x) / (c + d x) in the number, its root is in
    closed form; bisection finds the others. Raises `UnknownName`, and `InputError` when the
    challenger leads already.
    """
    names = space.scenarios.diagnoses
    main = belief.scenario @ space.main_matrix
    order = np.argsort(-main, kind="stable")
    leader = names[order[0]]
    if challenger is None:
        challenger = names[order[1]]
    if challenger not in names:
        raise UnknownName("diagnosis", challenger, names)
    if challenger == leader:
        raise InputError(f"{challenger} leads already")
    pair = (names.index(challenger), names.index(leader))
    reweigher = Reweigher(space, belief, neglect)
    numbers = sorted(
        _chosen(space, belief, (challenger, leader)), key=lambda n: (n.quantity, n.child)
    )
    needed = _roots(reweigher, numbers, pair)
    found = [_turning(reweigher, n, x) for n, x in zip(numbers, needed, strict=True)]
    return BreakEven(
        leader=leader,
        challenger=challenger,
        leader_now=float(main[pair[1]]),
        challenger_now=float(main[pair[0]]),
        turnings=tuple(sorted(found, key=lambda t: t.distance)),
    )


def _chosen(space: DiseaseSpace, belief: Belief, pair: tuple[str, str]) -> Iterator[Number]:
    for n in mattering(space, belief):
        if (n.quantity == BASE_RATE and n.child in pair) or (
            n.quantity in ("odds_ratio", "share")
            and n.child in belief.known
            and n.cause.partition(".")[0] in pair
        ):
            yield n


def _difference(
    reweigher: Reweigher, numbers: list[Number], values: Floats, pair: tuple[int, int]
) -> Floats:
    """(N,) challenger less leader as main causes, each number at its value."""
    changes = [(n, float(x)) for n, x in zip(numbers, values, strict=True)]
    found = evaluate(reweigher, changes).main_cause()
    return np.asarray(found[:, pair[0]] - found[:, pair[1]])


def _roots(
    reweigher: Reweigher, numbers: list[Number], pair: tuple[int, int]
) -> list[float | None]:
    """Where the difference is zero, if it changes sign within `RANGE`."""
    ends = np.array([_range(n) for n in numbers]).reshape(-1, 2)
    here = np.array([n.value for n in numbers])
    now = _difference(reweigher, numbers, here, pair)
    at = [_difference(reweigher, numbers, ends[:, i], pair) for i in range(2)]
    side = np.where(at[1] > 0, 1, 0)
    reached = (at[0] > 0) | (at[1] > 0)
    low, high = here.copy(), np.where(side == 1, ends[:, 1], ends[:, 0])
    root = high.copy()
    for i in np.flatnonzero(reached):
        curve = through((here[i], *ends[i]), (now[i], at[0][i], at[1][i]))
        guess = curve.solve(0.0)
        if min(low[i], high[i]) < guess < max(low[i], high[i]):
            root[i] = guess
    open_ = reached.copy()
    for _ in range(ROUNDS):
        left = np.flatnonzero(open_)
        if not left.size:
            break
        gap = _difference(reweigher, [numbers[i] for i in left], root[left], pair)
        open_[left] = np.abs(gap) > CLOSE
        low[left] = np.where(gap < 0, root[left], low[left])
        high[left] = np.where(gap < 0, high[left], root[left])
        for i in np.flatnonzero(open_):
            root[i] = _middle(numbers[i], low[i], high[i])
    return [float(x) if ok else None for x, ok in zip(root, reached, strict=True)]


def _turning(reweigher: Reweigher, number: Number, needed: float | None) -> Turning:
    """The turning point of one number, and who leads just past it."""
    if needed is None:
        return Turning(number, None, math.inf, within=False, then_leads="")
    step = _scaled(number, needed) - _scaled(number, number.value)
    past = _unscaled(number, _scaled(number, needed) + math.copysign(PAST, step))
    main = evaluate(reweigher, [(number, past)]).main_cause()[0]
    return Turning(
        number=number,
        needed=needed,
        distance=abs(step),
        within=number.low <= needed <= number.high,
        then_leads=reweigher.space.scenarios.diagnoses[int(np.argmax(main))],
    )


def _range(number: Number) -> tuple[float, float]:
    low, high = RANGE[number.quantity in SHARES]
    if number.quantity in SHARES:
        return min(low, number.value / 2), max(high, (1 + number.value) / 2)
    return low * number.value, high * number.value


def _scaled(number: Number, x: float) -> float:
    return math.log(x / (1 - x)) if number.quantity in SHARES else math.log(x)


def _unscaled(number: Number, z: float) -> float:
    return 1 / (1 + math.exp(-z)) if number.quantity in SHARES else math.exp(z)


def _middle(number: Number, low: float, high: float) -> float:
    """Half way, by log-odds for shares and by logarithm for ratios."""
    return _unscaled(number, (_scaled(number, low) + _scaled(number, high)) / 2)
