"""Which finding would change the picture most: exact, for every finding not yet known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.network import Variable
from bme_bayes.notebook import answer_html, bar, percent
from bme_bayes.questions.panel import panel
from bme_bayes.questions.targets import make_target

Floats = NDArray[np.float64]
LEAST = 1e-12
"""Results less probable than this are left out."""
SHOWN = 12
"""Findings that a notebook shows."""


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
    (presence), in either direction. All is worked out when this is made; the objects of
    `findings` are made from it when they are first read.
    """

    target: str
    threshold: float
    leader: str
    _panel: _Panel = field(repr=False, compare=False)
    _order: tuple[int, ...] = field(repr=False)

    @cached_property
    def findings(self) -> tuple[FindingValue, ...]:
        """One a finding, in this order."""
        return tuple(self._panel.value(i) for i in self._order)

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

    def _repr_html_(self) -> str:
        shown = self.findings[:SHOWN]
        most = max((f.bits for f in shown), default=0.0) or 1.0
        rows = [
            (
                f.label,
                bar(f.bits / most),
                f"{f.bits:.2f}",
                "; ".join(
                    f"{state} ({percent(r.probability)}): {r.leader}"
                    for state, r in f.results.items()
                ),
            )
            for f in shown
        ]
        head = ("Finding", "", "Bits", "If (how likely): then leads")
        note = f"The first {len(shown)} of {len(self._order)}; {self.leader} leads now."
        return answer_html(f"What to look for next, about: {self.target}", head, rows, note)


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
    variables, starts, values = panel(space, belief)
    bits = aim.informations(values @ aim.answers, starts) if variables else np.zeros(0)
    order = np.argsort(-bits, kind="stable")[:top]
    read = _Panel(
        space, threshold, space.answers @ belief.scenario, variables, starts, values, bits
    )
    return NextFindings(target, threshold, read.leader, read, tuple(order.tolist()))


class _Panel:
    """The joint of every result with the answers, read one finding at a time."""

    def __init__(
        self,
        space: DiseaseSpace,
        threshold: float,
        now: Floats,
        variables: list[Variable],
        starts: list[int],
        values: Floats,
        bits: Floats,
    ) -> None:
        self.variables, self.starts, self.bits = variables, starts, bits.tolist()
        self.diagnoses = space.scenarios.diagnoses
        size = len(self.diagnoses)
        self.probability = values[:, 0]
        after = values[:, 1:] / np.maximum(values[:, :1], LEAST)
        self.main, self.present = after[:, :size], np.minimum(after[:, size:], 1.0)
        self.leaders = self.main.argmax(axis=1)
        self.leader = self.diagnoses[int(np.argmax(now[1 : 1 + size]))]
        self.crossed = (self.present < threshold) != (now[1 + size :] < threshold)

    def value(self, number: int) -> FindingValue:
        """What one finding would tell."""
        variable, start, results = self.variables[number], self.starts[number], dict[str, Result]()
        crosses: list[str] = []
        for row, state in enumerate(variable.states, start):
            if self.probability[row] <= LEAST:
                continue
            results[state] = Result(
                probability=float(self.probability[row]),
                diagnoses=dict(zip(self.diagnoses, self.main[row].tolist(), strict=True)),
                present=dict(zip(self.diagnoses, self.present[row].tolist(), strict=True)),
                leader=self.diagnoses[self.leaders[row]],
            )
            crosses += [self.diagnoses[d] for d in np.flatnonzero(self.crossed[row])]
        return FindingValue(
            id=variable.id,
            label=variable.label,
            group=variable.group,
            bits=self.bits[number],
            results=results,
            changes_lead=any(r.leader != self.leader for r in results.values()),
            crosses=tuple(dict.fromkeys(crosses)),
        )
