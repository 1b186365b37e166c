"""Which finding would change the picture most: exact, for every finding not yet known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.network import EDEMA
from bme_bayes.questions.targets import Target, make_target

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Result:
    """One possible result of a finding: how likely, and what it would make of the picture."""

    probability: float
    diagnoses: Mapping[str, float]
    present: Mapping[str, float]
    leader: str


@dataclass(frozen=True, slots=True)
class FindingValue:
    """A finding not yet known. `bits`: expected information about the target."""

    id: str
    label: str
    group: str
    bits: float
    results: Mapping[str, Result]
    changes_lead: bool
    crosses: tuple[str, ...]


@dataclass(frozen=True)
class NextFindings:
    """All findings not yet known, most informative first.

    `crosses` of a finding names the diagnoses that some result carries over `threshold`
    (presence), in either direction.
    """

    target: str
    threshold: float
    leader: str
    findings: tuple[FindingValue, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row a finding and result: bits, probability, leader and each diagnosis."""
        rows = [
            {
                "finding": f.id,
                "bits": f.bits,
                "result": state,
                "probability": r.probability,
                "changes_lead": f.changes_lead,
                "leader": r.leader,
                **r.diagnoses,
            }
            for f in self.findings
            for state, r in f.results.items()
        ]
        return pd.DataFrame(rows)


def next_findings(
    space: DiseaseSpace,
    belief: Belief,
    target: str = "all",
    top: int | None = None,
    threshold: float = 0.05,
) -> NextFindings:
    """Value of every finding not yet known.

    For each result s of a finding F: P(s | findings), the posterior of each diagnosis after
    it, and the mutual information between F and the target in bits. The results' posteriors,
    weighted by their probabilities, average to the present posterior. Findings with any
    likelihood entered count as known. Raises `UnknownName` for an unknown target.
    """
    aim = make_target(space, target)
    panel = _panel(space, belief)
    main_now = belief.scenario @ space.main_matrix
    leader = space.scenarios.diagnoses[int(np.argmax(main_now))]
    tables = _tables(space, aim)
    stacked = np.concatenate(list(panel.values())) if panel else np.zeros((0, space.scenarios.size))
    values = stacked @ tables
    out, place = [], 0
    for name, rows in panel.items():
        block = values[place : place + len(rows)]
        place += len(rows)
        out.append(_value(space, name, block, aim, leader, threshold, belief.scenario @ tables))
    out.sort(key=lambda f: -f.bits)
    return NextFindings(target, threshold, leader, tuple(out[:top]))


def _tables(space: DiseaseSpace, aim: Target) -> Floats:
    """(S, 1 + D + D + T): one, main cause, presence and target, side by side."""
    present = np.zeros((space.scenarios.size, len(space.scenarios.diagnoses)))
    for g, (diagnosis, _) in enumerate(space.scenarios.grades):
        present[:, space.scenarios.diagnoses.index(diagnosis)] += space.present_matrix[:, g]
    return np.hstack([np.ones((len(present), 1)), space.main_matrix, present, aim.given])


def _panel(space: DiseaseSpace, belief: Belief) -> dict[str, Floats]:
    """(states, S) joint of each unknown finding's result and the scenario."""
    out = {}
    for variable in space.network.of_role("risk", "finding", "context", "sign"):
        if variable.id in belief.coded:
            continue
        if variable.role in ("context", "risk"):
            out[variable.id] = root_joint(space, belief, variable.id)
        elif variable.id == EDEMA:
            out[variable.id] = np.stack([1 - space.edema, space.edema]) * belief.scenario
        else:
            out[variable.id] = space.predictive(variable.id, belief) * belief.scenario
    return out


def root_joint(space: DiseaseSpace, belief: Belief, name: str) -> Floats:
    """(states, S) joint of an unknown context or risk factor and the scenario."""
    roots, _ = space.split_evidence(belief.known)
    states = len(space.network.variable(name).states)
    taken = np.diag(belief.assumed.get(name, np.ones(states)))
    weights = [space.roots_weight({**roots, name: taken[i]}) for i in range(states)]
    total = np.sum(weights, axis=0)
    share = np.divide(np.stack(weights), total, out=np.zeros((states, len(total))), where=total > 0)
    return np.asarray(share * belief.scenario)


def _value(
    space: DiseaseSpace,
    name: str,
    block: Floats,
    aim: Target,
    leader: str,
    threshold: float,
    now: Floats,
) -> FindingValue:
    diagnoses = space.scenarios.diagnoses
    size = len(diagnoses)
    variable = space.network.variable(name)
    results: dict[str, Result] = {}
    crosses: list[str] = []
    for state, row in zip(variable.states, block, strict=True):
        probability = float(row[0])
        if probability <= 1e-12:
            continue
        after = row / probability
        main, present = after[1 : 1 + size], after[1 + size : 1 + 2 * size]
        results[state] = Result(
            probability=probability,
            diagnoses=dict(zip(diagnoses, main.tolist(), strict=True)),
            present=dict(zip(diagnoses, np.minimum(present, 1.0).tolist(), strict=True)),
            leader=diagnoses[int(np.argmax(main))],
        )
        before = now[1 + size : 1 + 2 * size]
        crosses += [
            d
            for d, b, a in zip(diagnoses, before, present, strict=True)
            if (b < threshold) != (a < threshold)
        ]
    return FindingValue(
        id=name,
        label=variable.label,
        group=variable.group,
        bits=aim.information(block[:, 1 + 2 * size :]),
        results=results,
        changes_lead=any(r.leader != leader for r in results.values()),
        crosses=tuple(dict.fromkeys(crosses)),
    )
