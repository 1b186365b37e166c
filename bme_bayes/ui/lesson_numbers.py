"""The numbers of the lessons, worked out on the live model. Pure: no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bme_bayes.engine import Engine

Findings = Mapping[str, object]
LEAST = 1e-9


@dataclass(frozen=True)
class Meeting:
    """A diagnosis and a result of a finding, among patients alike.

    present : chance of the diagnosis before the finding
    with_it, without_it : how often the result is seen with the diagnosis, and without it
    after : chance of the diagnosis once the result is known
    """

    present: float
    with_it: float
    without_it: float
    after: float

    @property
    def ratio(self) -> float:
        """The likelihood ratio of the result."""
        return self.with_it / max(self.without_it, LEAST)

    def of(self, people: int) -> tuple[int, int, int, int]:
        """Whole people: with both, diagnosis only, result only, neither; they sum to `people`."""
        ill = round(people * self.present)
        both = round(ill * self.with_it)
        false = round((people - ill) * self.without_it)
        return both, ill - both, false, people - ill - false


def meeting(engine: Engine, given: Findings, diagnosis: str, finding: str, state: str) -> Meeting:
    """How a result bears on a diagnosis for a patient of whom some things are known."""
    present = engine.posterior(given).diagnoses[diagnosis].present
    found = {f.id: f for f in engine.next_findings(given).findings}[finding].results[state]
    after = found.present[diagnosis]
    with_it = found.probability * after / max(present, LEAST)
    without = found.probability * (1 - after) / max(1 - present, LEAST)
    return Meeting(present, min(with_it, 1.0), min(without, 1.0), after)


def after_ratio(before: float, ratio: float) -> float:
    """The chance after a likelihood ratio."""
    odds = before / max(1 - before, LEAST) * ratio
    return odds / (1 + odds)


def step_by_step(
    engine: Engine, diagnosis: str, given: Findings, results: Sequence[tuple[str, str]]
) -> tuple[list[float], list[float]]:
    """Chances as results come in: by the model, and if each were counted as if it came alone."""
    known = dict(given)
    start = engine.posterior(known).diagnoses[diagnosis].present
    model, alone = [start], [start]
    for finding, state in results:
        single = meeting(engine, given, diagnosis, finding, state).ratio
        alone.append(after_ratio(alone[-1], single))
        known[finding] = state
        model.append(engine.posterior(known).diagnoses[diagnosis].present)
    return model, alone


@dataclass(frozen=True)
class Nomogram:
    """Heights on the three scales of Fagan's nomogram; a straight line joins them."""

    before: float
    ratio: float
    after: float


def nomogram(before: float, ratio: float) -> Nomogram:
    """The line of a chance before and a likelihood ratio.

    Left scale: minus the log-odds before; middle: half the log of the ratio; right: the
    log-odds after. The middle is then the mean of the two sides.
    """
    safe = min(max(before, LEAST), 1 - LEAST)
    left = -math.log(safe / (1 - safe))
    middle = math.log(max(ratio, LEAST)) / 2
    return Nomogram(left, middle, 2 * middle - left)
