"""What a question is about: all diagnoses, the dangerous ones, one, or one against another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import UnknownName

Floats = NDArray[np.float64]
DANGEROUS = (
    "infection",
    "malignancy",
    "avn",
    "traumatic_fracture",
    "insufficiency_fracture",
    "sifk",
    "bone_stress_injury",
)
"""Diagnoses that must not be missed."""


@dataclass(frozen=True)
class Target:
    """A random variable over the scenarios that information is measured about.

    `given` (S, T): P(target = t | scenario). With `restrict`, only these columns count:
    information is that within them (telling two diagnoses apart).
    """

    name: str
    given: Floats
    restrict: bool = False

    def information(self, joint: Floats) -> float:
        """Mutual information in bits of a (results, T) joint distribution."""
        table = joint[:, :2] if self.restrict else joint
        total = table.sum()
        if total <= 0:
            return 0.0
        p = table / total
        outer = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
        ratio = np.divide(p, outer, out=np.ones_like(p), where=p > 0)
        bits = float((p * np.log2(ratio)).sum())
        return max(bits, 0.0) * (float(total) if self.restrict else 1.0)


def make_target(space: DiseaseSpace, name: str) -> Target:
    """A target from its name: all, dangerous, a diagnosis id, or two ids joined by a colon."""
    diagnoses = space.scenarios.diagnoses
    main = space.main_matrix
    rest = np.maximum(1 - main.sum(axis=1, keepdims=True), 0.0)
    if name == "all":
        return Target(name, np.hstack([main, rest]))
    if name == "dangerous":
        columns = [d for d, diagnosis in enumerate(diagnoses) if diagnosis in DANGEROUS]
        chosen = main[:, columns]
        return Target(name, np.hstack([chosen, 1 - chosen.sum(axis=1, keepdims=True)]))
    parts = name.split(":")
    for part in parts:
        if part not in diagnoses:
            raise UnknownName(
                "target", part, [*diagnoses, "all", "dangerous"], "(all, dangerous, ID or ID:ID)"
            )
    if len(parts) == 1:
        present = _present(space, parts[0])
        return Target(name, np.stack([present, 1 - present], axis=1))
    if len(parts) != 2 or parts[0] == parts[1]:
        raise UnknownName(
            "target", name, [*diagnoses, "all", "dangerous"], "(two different diagnoses)"
        )
    first, second = (main[:, diagnoses.index(p)] for p in parts)
    return Target(name, np.stack([first, second, 1 - first - second], axis=1), restrict=True)


def _present(space: DiseaseSpace, diagnosis: str) -> Floats:
    grades = [g for g, (d, _) in enumerate(space.scenarios.grades) if d == diagnosis]
    return np.asarray(space.present_matrix[:, grades].sum(axis=1))
