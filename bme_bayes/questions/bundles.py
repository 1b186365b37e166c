"""Which test would change the picture most: the joint information of all that it reveals.

What a test tells is not the sum of what its findings tell: they repeat each other. So the
joint results are worked out: all of them where they are few, else a sample of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.notebook import answer_html, bar, percent
from bme_bayes.questions.battery import Bundle
from bme_bayes.questions.results import Results
from bme_bayes.questions.targets import Target, make_target

Floats = NDArray[np.float64]
EXACT = 4096
"""Up to so many joint results are enumerated."""
BATCH = 1000
MOST_DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class BundleValue:
    """What one test would tell.

    findings : what it would reveal that is not known yet
    bits : expected information about the target; `standard_error` is 0 where it is `exact`
    per_burden : bits over the burden tier
    changes_lead : probability that its results make another diagnosis the leader
    """

    id: str
    label: str
    burden: int
    words: str
    findings: tuple[str, ...]
    bits: float
    standard_error: float
    exact: bool
    draws: int
    per_burden: float
    changes_lead: float


@dataclass(frozen=True)
class BundlePanel:
    """Tests by what they would tell about the target, most informative first.

    `neglected` is the posterior mass of the scenarios left out.
    """

    target: str
    leader: str
    tests: tuple[BundleValue, ...]
    neglected: float

    def to_frame(self) -> pd.DataFrame:
        """Index test id; label, burden, number of findings, bits with standard error."""
        rows = {
            t.id: {
                "label": t.label,
                "findings": len(t.findings),
                "bits": t.bits,
                "standard_error": t.standard_error,
                "burden": t.burden,
                "bits_per_burden": t.per_burden,
                "changes_lead": t.changes_lead,
            }
            for t in self.tests
        }
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.index.name = "test"
        return frame

    def _repr_html_(self) -> str:
        most = max((t.bits for t in self.tests), default=0.0) or 1.0
        rows = [
            (
                t.label,
                bar(t.bits / most),
                f"{t.bits:.2f}" + ("" if t.exact else f" ± {t.standard_error:.2f}"),
                str(t.burden),
                percent(t.changes_lead),
            )
            for t in self.tests
        ]
        head = ("Test", "", "Bits", "Burden", "Changes the lead")
        return answer_html(f"What whole tests would tell about: {self.target}", head, rows)


def bundle_values(
    space: DiseaseSpace,
    belief: Belief,
    tests: Iterable[Bundle],
    target: str = "all",
    *,
    rng: Generator,
    tolerance: float = 0.01,
    neglect: float = 1e-6,
) -> BundlePanel:
    """Joint expected information of each test about a target.

    I(results; target) = E[KL(P(target | results) || P(target))] in bits. Exact by enumeration
    up to `EXACT` joint results; else the mean of that divergence over sampled results, each
    with its exact posterior: unbiased, with its standard error, until that is below
    `tolerance` bits or `MOST_DRAWS` are drawn. Tests that would reveal nothing new are left
    out. Raises `UnknownName` for an unknown target, `InputError` for a tolerance below 0.
    """
    if not tolerance > 0:
        raise InputError(f"tolerance: {tolerance} is not above 0")
    aim = make_target(space, target)
    values, neglected = [], 0.0
    for test in tests:
        results = Results(space, belief, test.reveals(space.network), neglect)
        if results.names:
            values.append(_value(test, results, aim, rng, tolerance))
            neglected = max(neglected, results.neglected)
    main = belief.scenario @ space.main_matrix
    leader = space.scenarios.diagnoses[int(np.argmax(main))]
    return BundlePanel(target, leader, tuple(sorted(values, key=lambda v: -v.bits)), neglected)


@dataclass(frozen=True, slots=True)
class Information:
    """Expected information in bits, and how likely another leader is after the results."""

    bits: float
    standard_error: float
    changes_lead: float
    exact: bool
    draws: int


def joint_information(
    results: Results, aim: Target, rng: Generator, tolerance: float = 0.01, exact: int = EXACT
) -> Information:
    """Expected information of joint results about a target; see `bundle_values`."""
    space = results.space
    given = np.hstack([aim.given, space.main_matrix])[results.keep]
    now = results.weight @ given
    width = aim.given.shape[1]
    leader = int(np.argmax(now[width:]))
    if results.size <= exact:
        joint = results.every(given)
        changed = joint[:, width:].argmax(axis=1) != leader
        weight = results.every(np.ones((len(given), 1)))[:, 0]
        return Information(
            aim.information(joint[:, :width]), 0.0, float(weight[changed].sum()), True, 0
        )
    bits: list[Floats] = []
    changes: list[Floats] = []
    while True:
        joint = results.weigh(
            results.sample(BATCH, rng), np.hstack([given, np.ones((len(given), 1))])
        )
        after = joint[:, :-1] / joint[:, -1:]
        bits.append(divergence(after[:, :width], now[:width], aim.restrict))
        changes.append(after[:, width:].argmax(axis=1) != leader)
        drawn = np.concatenate(bits)
        error = float(drawn.std(ddof=1) / np.sqrt(len(drawn)))
        if error <= tolerance or len(drawn) >= MOST_DRAWS:
            changed = float(np.concatenate(changes).mean())
            return Information(float(drawn.mean()), error, changed, False, len(drawn))


def divergence(after: Floats, now: Floats, restrict: bool) -> Floats:
    """(N,) information of each posterior (N, T) over the present one, as `Target` counts it."""
    if restrict:
        after, now = after[:, :2], now[:2]
    relative = after / np.maximum(after.sum(axis=1, keepdims=True), 1e-300)
    before = now / max(float(now.sum()), 1e-300)
    ratio = np.divide(
        relative, before, out=np.ones_like(relative), where=(relative > 0) & (before > 0)
    )
    return np.asarray((after * np.log2(ratio)).sum(axis=1))


def _value(
    test: Bundle, results: Results, aim: Target, rng: Generator, tolerance: float
) -> BundleValue:
    found = joint_information(results, aim, rng, tolerance)
    return BundleValue(
        id=test.id,
        label=test.label,
        burden=test.burden,
        words=test.words,
        findings=results.names,
        bits=found.bits,
        standard_error=found.standard_error,
        exact=found.exact,
        draws=found.draws,
        per_burden=found.bits / test.burden,
        changes_lead=found.changes_lead,
    )
