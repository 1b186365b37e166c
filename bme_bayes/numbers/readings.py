"""Vignettes and their readings, coded for the fit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bme_bayes.cpds import split_by_process
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import UnknownName
from bme_bayes.mentions import read_findings

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
REFERENCE_STATES = ("absent", "none", "female")


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


class Region:
    """One region's N readings over its K kinds: single diagnoses only, which carry the readings.

    weight : (N, K) log of a kind's prior weight, with what is known of risk factors, age and sex
    target : (N, D) what was read, over the diagnoses
    member : (D, K) 1 where a kind belongs to a diagnosis
    cells : log-frequencies (states, K) of each finding
    seen : the readings that say something of a finding, and their likelihoods of its states
    roots : the readings that state a risk factor, an age or a sex that moves the kinds
    """

    def __init__(self, space: DiseaseSpace, readings: Iterable[Reading]) -> None:
        network, size = space.network, len(space.network.kinds)
        self.name = network.region
        self.causes = [k.cause for k in network.kinds]
        self.grades = [(k.diagnosis, k.grade) for k in network.kinds]
        self.diagnoses = space.scenarios.diagnoses
        self.member = np.zeros((len(self.diagnoses), size))
        self.member[space.scenarios.diagnosis_of, np.arange(size)] = 1
        self.cells = {
            name: np.log(np.clip(c.frequencies[:, :size], 1e-4, 1))
            for name, c in space.cpds.items()
            if not c.variable.part_of
        }
        self.variables = {name: network.variable(name) for name in self.cells}
        self.coupling = {
            n: network.value("coupling", n, "", v.process, 0.0)
            for n, v in self.variables.items()
            if v.process
        }
        self.shares = {p: c.frequencies[1, :size] for p, c in space.process_cpds.items()}
        self._code(space, list(readings))

    def _code(self, space: DiseaseSpace, readings: Sequence[Reading]) -> None:
        prior = space.solved.scenario * space.edema
        single = _single_kinds(space)
        weight = np.empty((len(readings), len(single)))
        seen: dict[str, list[tuple[int, Floats]]] = defaultdict(list)
        roots: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, reading in enumerate(readings):
            coded, silence = read_findings(space.network, reading.findings)
            known, below = space.split_evidence({**silence, **coded})
            weight[row] = np.log(np.maximum((space.roots_weight(known) * prior)[single], 1e-300))
            for name, likelihood in known.items():
                state = space.network.variable(name).states[int(likelihood.argmax())]
                if np.count_nonzero(likelihood) == 1 and state not in REFERENCE_STATES:
                    roots[name, state].append(row)
            for name in below.keys() & self.cells.keys():
                seen[name].append((row, below[name]))
        self.weight = weight
        self.target = np.array([self._target(r.probabilities) for r in readings])
        self.roots = {key: np.array(rows) for key, rows in roots.items()}
        self.seen: dict[str, tuple[Ints, Floats]] = {
            name: (np.array([r for r, _ in said]), np.array([known for _, known in said]))
            for name, said in seen.items()
        }

    def _target(self, said: dict[str, float]) -> Floats:
        """A reading over all diagnoses: what it left is shared by those that it does not name.

        Raises `UnknownName` for a diagnosis that the region does not have.
        """
        for name in said:
            if name not in self.diagnoses:
                raise UnknownName("diagnosis", name, self.diagnoses, f"in a reading of {self.name}")
        silent = sum(d not in said for d in self.diagnoses)
        rest = max(1 - sum(said.values()), 0.0) / max(silent, 1)
        target = np.array([said.get(d, rest) for d in self.diagnoses])
        return np.asarray(target / target.sum())

    def split(self, name: str, logs: Floats) -> Floats:
        """Cells (states, levels, K) from shifted log-frequencies."""
        cells = np.exp(logs - logs.max(axis=0))
        cells /= cells.sum(axis=0)
        process = self.variables[name].process
        if not process:
            return np.asarray(cells[:, None, :])
        return np.maximum(split_by_process(cells, self.shares[process], self.coupling[name]), 1e-12)


def _single_kinds(space: DiseaseSpace) -> list[int]:
    """The scenario of each kind by itself."""
    size = len(space.network.kinds)
    members = space.scenarios.members
    return [int(np.flatnonzero((members == [k, size, size]).all(axis=1))[0]) for k in range(size)]
