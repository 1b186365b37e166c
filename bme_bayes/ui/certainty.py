"""How sure an answer is, worked out beside the page: intervals, and whether the findings fit."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from bme_bayes.engine import Engine
from bme_bayes.network import EDEMA
from bme_bayes.questions.conflict import Conflict, conflict
from bme_bayes.questions.uncertainty import Uncertainty
from bme_bayes.ui import background
from bme_bayes.ui.model import SEED, Model
from bme_bayes.ui.state import findings, key

DRAWS, PATIENTS = 200, 500


@dataclass(frozen=True)
class Certainty:
    """Intervals over `DRAWS` draws of the numbers; `fit` is None without findings to check."""

    intervals: Uncertainty
    fit: Conflict | None


def certainty(engine: Engine, found: Mapping[str, object]) -> Certainty:
    """Both answers, always the same for the same findings."""
    intervals = engine.credible_intervals(found, DRAWS, rng=np.random.default_rng(SEED))
    if not any(isinstance(state, str) for name, state in found.items() if name != EDEMA):
        return Certainty(intervals, None)
    rng = np.random.default_rng(SEED)
    fit = conflict(engine.space, engine.belief(found), rng=rng, draws=PATIENTS)
    return Certainty(intervals, fit)


def job(model: Model, used: Mapping[str, str]) -> Future[Certainty]:
    """The job that works them out for a case of this session."""
    found = findings(used)
    name = ("certainty", model.network.version, key(used))
    return background.started(name, lambda: certainty(model.engine, found))
