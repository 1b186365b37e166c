"""Job E: the joint information of a test."""

from __future__ import annotations

import numpy as np

import bme_bayes as bb
from benchmarks.patients import Findings
from bme_bayes.questions.bundles import joint_information
from bme_bayes.questions.results import Results
from bme_bayes.questions.targets import make_target


def test_of(engine: bb.Engine, person: Findings, findings: int) -> tuple[int, list[str]]:
    """Joint information of some findings not known, to 0.01 bit; draws and the findings."""
    unknown = [v.id for v in engine.network.findings if v.id not in person][:findings]
    results = Results(engine.space, engine.belief(person), unknown, 1e-6)
    aim, rng = make_target(engine.space, "all"), np.random.default_rng(0)
    return joint_information(results, aim, rng, 0.01, exact=0).draws, unknown
