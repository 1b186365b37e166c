"""How sure: what the uncertainty of the numbers leaves of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.notebook import answer_html, percent, span
from bme_bayes.questions.parameters import draw
from bme_bayes.questions.reweigh import Reweigher

Floats = NDArray[np.float64]
MOST_DRAWS = 20_000
CHECKED = 8
"""Draws for which every scenario is evaluated, to see what the neglected ones would weigh."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A probability with its credible interval (`low` to `high`) over the draws."""

    value: float
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class DiagnosisUncertainty:
    """How sure one diagnosis is. `leads`: share of the draws in which it is the leader."""

    main_cause: Interval
    present: Interval
    leads: float


@dataclass(frozen=True)
class Uncertainty:
    """Credible intervals of every diagnosis, most probable main cause first.

    `leader` is the leading diagnosis of the numbers as they stand, `leader_holds` the share of
    draws that agree. `level` is the coverage of the intervals. `neglected` is the posterior mass
    of the scenarios left out, `neglected_drawn` the greatest that was seen among some draws.
    """

    draws: int
    level: float
    diagnoses: Mapping[str, DiagnosisUncertainty]
    leader: str
    leader_holds: float
    neglected: float
    neglected_drawn: float

    def to_frame(self) -> pd.DataFrame:
        """Index diagnosis id; main cause and presence with low, median, high; leads."""
        rows = {
            name: {
                "main_cause": d.main_cause.value,
                "main_cause_low": d.main_cause.low,
                "main_cause_median": d.main_cause.median,
                "main_cause_high": d.main_cause.high,
                "present": d.present.value,
                "present_low": d.present.low,
                "present_median": d.present.median,
                "present_high": d.present.high,
                "leads": d.leads,
            }
            for name, d in self.diagnoses.items()
        }
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.index.name = "diagnosis"
        return frame

    def _repr_html_(self) -> str:
        rows = [
            (
                name,
                span(d.main_cause.low, d.main_cause.high, d.main_cause.value),
                percent(d.main_cause.value),
                f"{percent(d.main_cause.low)} to {percent(d.main_cause.high)}",
                f"{percent(d.present.low)} to {percent(d.present.high)}",
                percent(d.leads),
            )
            for name, d in self.diagnoses.items()
        ]
        title = f"{self.leader} leads in {percent(self.leader_holds)} of {self.draws} draws"
        level = f"{self.level:.0%} interval"
        head = ("Diagnosis", "", "Main cause", level, f"Present, {level}", "Leads")
        return answer_html(title, head, rows)


def credible_intervals(
    space: DiseaseSpace,
    belief: Belief,
    draws: int = 200,
    *,
    rng: Generator,
    level: float = 0.95,
    neglect: float = 1e-6,
) -> Uncertainty:
    """Credible intervals of main cause and presence, and how stable the leader is.

    All numbers that bear on these findings are drawn (`parameters`) and the posterior is
    re-weighted (`reweigh`: exact for findings and processes, near a new fit for the prior and the
    links to marrow edema). Scenarios with the last `neglect` of the posterior are left out.

    Parameters: `draws` 1 to `MOST_DRAWS`; `rng` a generator: the same seed, the same answer;
    `level` in (0, 1). Raises `InputError` for others.
    """
    if not 0 < level < 1:
        raise InputError(f"level: {level} is not between 0 and 1")
    if not 1 <= draws <= MOST_DRAWS:
        raise InputError(f"draws: {draws} is outside 1 to {MOST_DRAWS:,}")
    parameters = draw(space, belief.known, draws, rng)
    reweigher = Reweigher(space, belief, neglect)
    versions = reweigher.evaluate(parameters)
    full = Reweigher(space, belief, 0.0).evaluate(parameters.part(0, CHECKED)).total
    lost = 1 - versions.total[: len(full)] / full
    main, names = belief.scenario @ space.main_matrix, space.scenarios.diagnoses
    leaders = np.bincount(versions.main.argmax(axis=1), minlength=len(names)) / draws
    mains = _intervals(main, versions.main_cause(), level)
    presences = _intervals(_presence(space, belief), versions.presence(), level)
    leader = int(np.argmax(main))
    return Uncertainty(
        draws=draws,
        level=level,
        diagnoses={
            names[d]: DiagnosisUncertainty(mains[d], presences[d], float(leaders[d]))
            for d in np.argsort(-main, kind="stable")
        },
        leader=names[leader],
        leader_holds=float(leaders[leader]),
        neglected=reweigher.neglected,
        neglected_drawn=float(max(lost.max(), 0.0)),
    )


def _intervals(value: Floats, drawn: Floats, level: float) -> list[Interval]:
    """One interval a column of `drawn` (draws, D)."""
    low, median, high = np.quantile(drawn, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0)
    columns = zip(value, low, median, high, strict=True)
    return [Interval(*map(float, column)) for column in columns]


def _presence(space: DiseaseSpace, belief: Belief) -> Floats:
    grades = belief.scenario @ space.present_matrix
    out = np.zeros(len(space.scenarios.diagnoses))
    for (diagnosis, _), p in zip(space.scenarios.grades, grades, strict=True):
        out[space.scenarios.diagnoses.index(diagnosis)] += p
    return np.minimum(out, 1.0)
