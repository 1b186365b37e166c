"""Patients drawn from the model: for teaching, and to see whether learning finds the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator

from bme_bayes.engine import Engine
from bme_bayes.errors import InputError
from bme_bayes.questions.results import Results, unknown_findings

MOST_AT_ONCE = 20_000


@dataclass(frozen=True)
class Cohort:
    """Simulated patients with marrow edema; both tables have a row a patient.

    `findings` holds states by finding, and None where it is unknown; `truth` the public state
    of each diagnosis, and `main_cause` drawn from the diagnoses present ("" for none of them).
    """

    findings: pd.DataFrame
    truth: pd.DataFrame


def simulate(
    engine: Engine,
    patients: int,
    *,
    rng: Generator,
    findings: Iterable[str] | None = None,
    known: float = 1.0,
) -> Cohort:
    """Draw patients with marrow edema from an engine's network and setting.

    Parameters: `findings` chooses the columns (all); each is known with probability `known`,
    whatever it is (missing at random). Raises `InputError` or `UnknownName`.
    """
    if not 1 <= patients <= MOST_AT_ONCE:
        raise InputError(f"patients: {patients} is outside 1 to {MOST_AT_ONCE}")
    if not 0 <= known <= 1:
        raise InputError(f"known: {known} is outside 0 to 1")
    space, belief = engine.space, engine.belief({})
    names = unknown_findings(space, belief) if findings is None else tuple(findings)
    results = Results(space, belief, names, neglect=0.0)
    place = rng.choice(len(results.keep), size=patients, p=results.weight)
    states = results.states([block.sample(place, rng) for block in results.blocks])
    table = pd.DataFrame(
        {n: np.array(engine.network.variable(n).states, dtype=object)[s] for n, s in states.items()}
    )
    table = table.where(rng.random(table.shape) < known, None)
    scenario = results.keep[place]
    chance = space.main_matrix[scenario]
    chance = np.column_stack([chance, np.maximum(1 - chance.sum(axis=1), 0.0)])
    drawn = rng.random((patients, 1)) * chance.sum(axis=1, keepdims=True)
    cause = (chance.cumsum(axis=1) < drawn).sum(axis=1)
    truth = _truth(engine, space.present_matrix[scenario] > 0)
    truth.insert(0, "main_cause", np.array([*space.scenarios.diagnoses, ""], dtype=object)[cause])
    return Cohort(table, truth)


def _truth(
    engine: Engine, present: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> pd.DataFrame:
    """The public state of every diagnosis."""
    out = {d.id: np.full(len(present), "absent", dtype=object) for d in engine.network.diagnoses}
    for (diagnosis, state), column in zip(engine.space.scenarios.grades, present.T, strict=True):
        out[diagnosis][column] = state
    return pd.DataFrame(out)
