"""Pairs of a probability that was said and what was so: the input of every score of this folder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bme_bayes.cases import Case
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.evaluation.answers import CaseAnswer

Floats = NDArray[np.float64]
LEADER = "leader"


def pairs(
    cases: Sequence[Case], answers: Sequence[CaseAnswer], of: str = LEADER
) -> tuple[Floats, Floats]:
    """Probabilities and outcomes (0 or 1) over cases with a known diagnosis, (N,) each.

    `of` is a diagnosis (was it present, with `also` counted?) or `leader` (was the most
    probable main cause right?). Cases of a region that does not know the diagnosis are left
    out. Raises `InputError` for a case without an answer and `UnknownName` for the diagnosis.
    """
    by_id = {a.case_id: a for a in answers}
    said, seen = [], []
    for case in cases:
        if case.case_id not in by_id:
            raise InputError(f"no answer for case {case.case_id}")
        answer = by_id[case.case_id]
        if of == LEADER:
            leader = max(answer.probabilities, key=lambda d: answer.probabilities[d])
            said.append(answer.probabilities[leader])
            seen.append(leader == case.diagnosis)
        elif of in answer.present:
            said.append(answer.present[of])
            seen.append(of in (case.diagnosis, *case.also))
    if not said:
        known = {d for a in answers for d in a.present}
        raise UnknownName("diagnosis", of, [LEADER, *sorted(known)], "in these answers")
    return np.array(said), np.array(seen, dtype=np.float64)


def checked(probability: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays; raises `InputError` unless they are probabilities and 0 or 1, as many."""
    p, y = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    if p.ndim != 1 or p.shape != y.shape or not len(p):
        raise InputError(f"{p.shape} probabilities and {y.shape} outcomes: one each a patient")
    if not ((p >= -1e-9) & (p <= 1 + 1e-9)).all():
        raise InputError("a probability lies outside 0 to 1")
    if not np.isin(y, (0.0, 1.0)).all():
        raise InputError("an outcome is neither 0 nor 1")
    return np.clip(p, 0.0, 1.0), y
