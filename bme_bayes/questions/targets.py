"""What a question is about: all diagnoses, the dangerous ones, one, or one against another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import UnknownName

Floats = NDArray[np.float64]
TINY = 1e-300
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

    With `restrict`, only the first two columns count: information is that within them
    (telling two diagnoses apart).
    `answers` (1 + 2 D, T) makes the target's joint probabilities out of those of the
    diagnoses: joint = (one, main causes, presences) @ answers.
    """

    name: str
    space: DiseaseSpace
    answers: Floats
    restrict: bool = False

    @cached_property
    def given(self) -> Floats:
        """(S, T) P(target = t | scenario)."""
        return np.asarray(np.maximum(self.space.answers.T @ self.answers, 0.0))

    def information(self, joint: Floats) -> float:
        """Mutual information in bits of a (results, T) joint distribution."""
        return float(self.informations(joint, [0])[0])

    def informations(self, joint: Floats, starts: Sequence[int]) -> Floats:
        """Mutual information of several joint distributions, (results, T) each, one below another.

        Parameters: `starts`, the first row of each.
        """
        table = joint[:, :2] if self.restrict else joint
        columns = np.add.reduceat(table, starts, axis=0)
        total = columns.sum(axis=1)
        of = np.repeat(np.arange(len(starts)), np.diff([*starts, len(table)]))
        outer = table.sum(axis=1, keepdims=True) * (columns / np.maximum(total, TINY)[:, None])[of]
        ratio = np.divide(table, outer, out=np.ones_like(table), where=(table > 0) & (outer > 0))
        bits = np.add.reduceat((table * np.log2(ratio)).sum(axis=1), starts)
        return np.maximum(bits if self.restrict else bits / np.maximum(total, TINY), 0.0)


def make_target(space: DiseaseSpace, name: str) -> Target:
    """A target from its name: all, dangerous, a diagnosis id, or two ids joined by a colon."""
    diagnoses = space.scenarios.diagnoses
    restrict = ":" in name
    if name in ("all", "dangerous"):
        rows = [1 + i for i, d in enumerate(diagnoses) if name == "all" or d in DANGEROUS]
    else:
        rows = [1 + diagnoses.index(d) for d in _named(diagnoses, name)]
        if not restrict:
            rows = [row + len(diagnoses) for row in rows]
    answers = np.zeros((len(space.answers), len(rows) + 1))
    answers[rows, range(len(rows))] = 1.0
    answers[rows, -1] = -1.0
    answers[0, -1] = 1.0
    return Target(name, space, answers, restrict)


def _named(diagnoses: Sequence[str], name: str) -> list[str]:
    """The one diagnosis or two that a target names; raises `UnknownName`."""
    parts = name.split(":")
    for part in parts:
        if part not in diagnoses:
            raise UnknownName(
                "target", part, [*diagnoses, "all", "dangerous"], "(all, dangerous, ID or ID:ID)"
            )
    if len(parts) > 2 or len(set(parts)) != len(parts):
        raise UnknownName(
            "target", name, [*diagnoses, "all", "dangerous"], "(two different diagnoses)"
        )
    return parts
