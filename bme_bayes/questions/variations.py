"""One number changed at a time: which can matter, how far each goes, and the answer then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.findings import Coded
from bme_bayes.network import EDEMA, NONE, Number
from bme_bayes.questions.parameters import Parameters, point, relevant
from bme_bayes.questions.prior_versions import (
    BASE_RATE,
    change_prior,
    is_prior,
    prior_numbers,
    set_share,
)
from bme_bayes.questions.reweigh import Reweigher, Versions

Floats = NDArray[np.float64]
SHARES = ("frequency", "share", "kind_share", BASE_RATE)
EDGE = 1e-6
AT_ONCE = 400
"""Versions that are made at once."""


def mattering(space: DiseaseSpace, belief: Belief) -> Iterator[Number]:
    """The numbers that are varied for this patient: those of `parameters`."""
    cells = {*relevant(space, belief.known), EDEMA}
    yield from prior_numbers(space)
    for n in space.network.numbers.values():
        if n.quantity in ("frequency", "coupling") and n.child in cells:
            yield n


def limits(number: Number) -> tuple[float, float]:
    """The ends of a number's interval; shares are kept off 0 and 1."""
    if number.quantity in SHARES:
        return max(number.low, EDGE), min(number.high, 1 - EDGE)
    return number.low, number.high


def vary(space: DiseaseSpace, coded: Coded, changes: Sequence[tuple[Number, float]]) -> Parameters:
    """One version for each (number, new value): this number changed and all others kept.

    The other states of the same column keep their proportions, and so do the other base rates:
    their sum, and with it the share with several diagnoses, stays. Raises `InputError` for a
    number that is not varied for this patient (see `mattering`).
    """
    now, size = point(space, coded), len(changes)
    touched = {number.child for number, _ in changes}
    kinds = {number.quantity for number, _ in changes}
    prior = any(is_prior(number) for number, _ in changes)

    def widen(tables: Mapping[str, Floats], axis: int) -> dict[str, Floats]:
        return {n: np.repeat(t, size if n in touched else 1, axis) for n, t in tables.items()}

    out = Parameters(
        size=size,
        cells=widen(now.cells, 1),
        coupling=widen(now.coupling, 0),
        links=np.repeat(now.links, size if EDEMA in touched else 1, axis=0),
        prior=now.prior.widened(size, kinds | touched) if prior else now.prior,
    )
    for row, (number, value) in enumerate(changes):
        _change(space, out, row, number, value)
    return out


def _change(space: DiseaseSpace, out: Parameters, row: int, number: Number, value: float) -> None:
    """Set one number in one version, in place (the arrays of `vary` are its own)."""
    network = space.network
    causes = [k.cause for k in network.kinds] + [NONE]
    child, state, quantity, cause = number.child, number.state, number.quantity, number.cause
    column = causes.index(cause) if cause in causes else -1
    known = column >= 0
    if quantity == "frequency" and child == EDEMA and known:
        out.links[row, column] = value
    elif quantity == "frequency" and child in out.cells and known:
        cells = out.cells[child][:, row, column]
        cells[:] = set_share(cells, network.variable(child).state_index(state), value)
    elif quantity == "coupling" and child in out.coupling:
        out.coupling[child][row] = value
    elif not change_prior(space, out.prior, row, number, value):
        raise InputError(f"{quantity} {child} {state} {cause} is not varied for this patient")


def evaluate(reweigher: Reweigher, changes: Sequence[tuple[Number, float]]) -> Versions:
    """The posterior after each single change.

    Changes of the prior are made together, and those of one finding: best put side by side.
    """
    groups = groupby(changes, key=lambda c: is_prior(c[0]) or (c[0].quantity, c[0].child))
    parts = [
        reweigher.evaluate(vary(reweigher.space, reweigher.coded, some))
        for _, group in groups
        for some in _batches(list(group))
    ]
    return Versions(
        np.concatenate([p.total for p in parts]),
        np.concatenate([p.main for p in parts]),
        np.concatenate([p.present for p in parts]),
    )


def _batches(changes: list[tuple[Number, float]]) -> Iterator[list[tuple[Number, float]]]:
    for start in range(0, len(changes), AT_ONCE):
        yield changes[start : start + AT_ONCE]
