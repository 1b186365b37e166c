"""Vignettes and their readings, coded for the fit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bme_bayes.cpds import split_by_process
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import Coded, code_findings
from bme_bayes.mentions import assume_unremarkable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """One vignette and its reading: probability of each diagnosis as main cause."""

    region: str
    findings: dict[str, object]
    probabilities: dict[str, float]


def read_readings(folder: Path) -> list[Reading]:
    """All readings kept in a folder of JSON Lines files."""
    out = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            out.append(Reading(entry["region"], entry["findings"], entry["probabilities"]))
    return out


@dataclass(frozen=True)
class Item:
    """A reading, coded: prior log-weight of each kind, what was seen, and the target."""

    weight: Floats
    below: Coded
    shifts: tuple[tuple[str, str], ...]
    target: Floats


class Region:
    """One region's part of the objective: single diagnoses only, which carry the readings."""

    def __init__(self, space: DiseaseSpace, readings: Iterable[Reading]) -> None:
        self.name = space.network.region
        self.causes = [k.cause for k in space.network.kinds]
        self.grades = [(k.diagnosis, k.grade) for k in space.network.kinds]
        size = len(self.causes)
        self.diagnosis_of = space.scenarios.diagnosis_of
        self.diagnoses = space.scenarios.diagnoses
        single = [
            int(np.flatnonzero((space.scenarios.members == [k, size, size]).all(axis=1))[0])
            for k in range(size)
        ]
        prior = space.solved.scenario * space.edema
        self.cells = {
            name: np.log(np.clip(c.frequencies[:, :size], 1e-4, 1))
            for name, c in space.cpds.items()
            if not c.variable.part_of
        }
        self.variables = {name: space.network.variable(name) for name in self.cells}
        self.coupling = {
            n: space.network.value("coupling", n, "", v.process, 0.0)
            for n, v in self.variables.items()
            if v.process
        }
        self.shares = {p: c.frequencies[1, :size] for p, c in space.process_cpds.items()}
        self.items = [self._item(space, r, prior, single) for r in readings]

    def _item(
        self, space: DiseaseSpace, reading: Reading, prior: Floats, single: list[int]
    ) -> Item:
        prior_set = space.network.prior
        silence = assume_unremarkable(
            space.network, reading.findings, prior_set.unmentioned if prior_set else 1.0
        )
        roots, below = space.split_evidence(
            {**silence, **code_findings(space.network, reading.findings)}
        )
        weight = (space.roots_weight(roots) * prior)[single]
        said = reading.probabilities
        silent = [d for d in self.diagnoses if d not in said]
        rest = max(1 - sum(said.values()), 0.0) / max(len(silent), 1)
        target = np.array([said.get(d, rest) for d in self.diagnoses])
        states = tuple(
            (n, space.network.variable(n).states[int(v.argmax())])
            for n, v in roots.items()
            if (v > 0).sum() == 1
        )
        shifts = tuple((n, s) for n, s in states if s not in ("absent", "none", "female"))
        seen = {n: v for n, v in below.items() if n in self.cells}
        return Item(np.log(np.maximum(weight, 1e-300)), seen, shifts, target / target.sum())

    def split(self, name: str, logs: Floats) -> Floats:
        """Cells (states, levels, K) from shifted log-frequencies."""
        cells = np.exp(logs - logs.max(axis=0))
        cells /= cells.sum(axis=0)
        process = self.variables[name].process
        if not process:
            return np.asarray(cells[:, None, :])
        return np.maximum(split_by_process(cells, self.shares[process], self.coupling[name]), 1e-12)
