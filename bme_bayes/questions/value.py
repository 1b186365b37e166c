"""Which finding would change the picture most: exact, for every finding not yet known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.marginals import collapse_rows
from bme_bayes.network import EDEMA
from bme_bayes.questions.targets import make_target

Floats = NDArray[np.float64]
LEAST = 1e-12
"""Results less probable than this are left out."""


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
    names, starts, values = panel(space, belief)
    found = _Panel(space, threshold, space.answers @ belief.scenario, values)
    bits = aim.informations(values @ aim.answers, starts) if names else np.zeros(0)
    ends = [*starts[1:], len(values)]
    order = np.argsort(-bits, kind="stable")[:top]
    findings = tuple(found.value(names[i], starts[i], ends[i], float(bits[i])) for i in order)
    return NextFindings(target, threshold, found.leader, findings)


def panel(space: DiseaseSpace, belief: Belief) -> tuple[list[str], list[int], Floats]:
    """Findings not known, the first row of each, and the joint of every result with the answers.

    A row is a result: P(result), then P(result and main cause) and P(result and present) of
    each diagnosis.
    """
    variables = space.network.of_role("risk", "finding", "context", "sign")
    unknown = [v for v in variables if v.id not in belief.coded]
    ends = np.cumsum([len(v.states) for v in unknown]).tolist()
    starts = [0, *ends][: len(unknown)]
    given = np.empty((ends[-1] if ends else 0, space.scenarios.size))
    roots = _root_shares(space, belief)
    for variable, start, end in zip(unknown, starts, ends, strict=True):
        rows = given[start:end]
        if variable.role in ("context", "risk"):
            rows[:] = roots(variable.id)
        elif variable.id == EDEMA:
            rows[0], rows[1] = 1 - space.edema, space.edema
        else:
            space.predictive(variable.id, belief, out=rows)
    values = collapse_rows(given, space.answers * belief.scenario)
    return [v.id for v in unknown], starts, values


def _root_shares(space: DiseaseSpace, belief: Belief) -> Callable[[str], Floats]:
    """P(state | scenario, findings) of an unknown context or risk factor, (states, S)."""
    roots, (known, _) = space.roots, space.split_evidence(belief.known)
    possible, weight = roots.weights_possible(known)
    total = weight.sum(axis=0)
    weight = np.divide(weight, total, out=weight, where=total > 0)

    def shares(name: str) -> Floats:
        if name in roots.names:
            return roots.joint(roots.names.index(name), known.get(name), possible, weight)
        ages, sexes = divmod(possible, len(roots.mix.sex))
        state_of = ages if name == "age_band" else sexes
        states = len(space.network.variable(name).states)
        return np.asarray((state_of == np.arange(states)[:, None]).astype(float) @ weight)

    return shares


class _Panel:
    """The joint of every result with the answers, read one finding at a time."""

    def __init__(self, space: DiseaseSpace, threshold: float, now: Floats, values: Floats) -> None:
        self.network = space.network
        self.diagnoses = space.scenarios.diagnoses
        size = len(self.diagnoses)
        self.probability = values[:, 0].tolist()
        after = values[:, 1:] / np.maximum(values[:, :1], LEAST)
        main, present = after[:, :size], np.minimum(after[:, size:], 1.0)
        self.main, self.present = main.tolist(), present.tolist()
        self.leaders = [self.diagnoses[i] for i in main.argmax(axis=1)]
        self.leader = self.diagnoses[int(np.argmax(now[1 : 1 + size]))]
        crossed = (present < threshold) != (now[1 + size :] < threshold)
        self.crossed: list[list[str]] = [[] for _ in values]
        for row, d in np.argwhere(crossed).tolist():
            self.crossed[row].append(self.diagnoses[d])

    def value(self, name: str, start: int, end: int, bits: float) -> FindingValue:
        """What the finding in these rows would tell."""
        variable, results = self.network.variable(name), dict[str, Result]()
        crosses: list[str] = []
        for state, row in zip(variable.states, range(start, end), strict=True):
            if self.probability[row] <= LEAST:
                continue
            results[state] = Result(
                probability=self.probability[row],
                diagnoses=dict(zip(self.diagnoses, self.main[row], strict=True)),
                present=dict(zip(self.diagnoses, self.present[row], strict=True)),
                leader=self.leaders[row],
            )
            crosses += self.crossed[row]
        return FindingValue(
            id=name,
            label=variable.label,
            group=variable.group,
            bits=bits,
            results=results,
            changes_lead=any(r.leader != self.leader for r in results.values()),
            crosses=tuple(dict.fromkeys(crosses)),
        )
