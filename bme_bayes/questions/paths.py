"""The shortest path: the fewest further findings that could rule a dangerous diagnosis out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.notebook import answer_html, bar, percent
from bme_bayes.questions.results import Results, unknown_findings
from bme_bayes.questions.targets import make_target

Floats = NDArray[np.float64]
BEAM = 5
CANDIDATES = 12
MOST_RESULTS = 4096


@dataclass(frozen=True, slots=True)
class Step:
    """The best set of so many findings.

    likely : probability that their results bring the diagnosis under the limit
    results : the most probable results that do (empty when none does), `probability` that just
    these come, and `present`, the diagnosis' presence then (None when none does)
    bits : what the set tells about the presence of the diagnosis
    """

    findings: tuple[str, ...]
    likely: float
    results: Mapping[str, str]
    probability: float
    present: float | None
    bits: float


@dataclass(frozen=True)
class ShortestPath:
    """Steps of 1, 2, ... findings towards `present < below` for a diagnosis.

    `present` is its presence now; without steps it is under the limit already, or nothing is
    left to ask. `searched` are the findings that were tried, most informative first.
    """

    diagnosis: str
    below: float
    present: float
    steps: tuple[Step, ...]
    searched: tuple[str, ...]

    def fewest(self, likely: float = 0.0) -> Step | None:
        """The first step that succeeds with more than this probability."""
        return next((s for s in self.steps if s.likely > likely), None)

    def to_frame(self) -> pd.DataFrame:
        """One row a step: number of findings, which, how likely they suffice, and how."""
        rows = [
            {
                "count": len(s.findings),
                "findings": " ".join(s.findings),
                "likely": s.likely,
                "results": " ".join(f"{n}={r}" for n, r in s.results.items()),
                "probability": s.probability,
                "present": s.present,
                "bits": s.bits,
            }
            for s in self.steps
        ]
        columns = ["count", "findings", "likely", "results", "probability", "present", "bits"]
        return pd.DataFrame(rows, columns=columns)

    def _repr_html_(self) -> str:
        rows = [
            (
                str(len(s.findings)),
                ", ".join(f"{n} = {r}" for n, r in s.results.items()) or ", ".join(s.findings),
                bar(s.likely),
                percent(s.likely),
                percent(s.present),
            )
            for s in self.steps
        ]
        title = (
            f"Towards less than {percent(self.below)} for {self.diagnosis}, "
            f"now {percent(self.present)}"
        )
        head = ("Findings", "Which, with these results", "", "How likely they suffice", "Then")
        note = "" if rows else "Nothing to do: it is there already, or nothing is left to ask."
        return answer_html(title, head, rows, *([note] if note else []))


def shortest_path(
    space: DiseaseSpace,
    belief: Belief,
    diagnosis: str,
    below: float = 0.02,
    *,
    most: int = 4,
    names: Iterable[str] | None = None,
    neglect: float = 1e-6,
) -> ShortestPath:
    """The fewest further findings that would bring a diagnosis under a probability.

    A beam search: the `CANDIDATES` findings that tell most about the presence of the diagnosis
    are tried alone; the `BEAM` best sets are each extended by one, and so on up to `most`. A set
    is better when its results are likelier to bring the presence under `below`, then when it
    tells more. Each set is worked out exactly; sets that the beam does not reach are not
    considered. `names` limits the findings (for tests: to what they reveal). Raises
    `UnknownName`, and `InputError` for a limit outside 0 to 1.
    """
    if not 0 < below < 1:
        raise InputError(f"below: {below} is not between 0 and 1")
    if diagnosis not in space.scenarios.diagnoses:
        raise UnknownName(
            "diagnosis", diagnosis, space.scenarios.diagnoses, labels=space.network.labels
        )
    given = make_target(space, diagnosis).given
    now = float(belief.scenario @ given[:, 0])
    chosen = unknown_findings(space, belief) if names is None else names
    known = Results(space, belief, chosen, neglect)

    def look(findings: tuple[str, ...]) -> Step | None:
        return _step(Results(space, belief, findings, neglect), given, below)

    alone = [s for s in map(look, ((n,) for n in known.names)) if s]
    alone = sorted(alone, key=lambda s: -s.bits)[:CANDIDATES]
    searched = tuple(s.findings[0] for s in alone)
    steps: list[Step] = []
    beam = sorted(alone, key=_rank)
    while beam and now >= below and len(steps) < most:
        steps.append(beam[0])
        beam = sorted((s for s in map(look, _wider(beam[:BEAM], searched)) if s), key=_rank)
    return ShortestPath(diagnosis, below, now, tuple(steps), searched)


def _wider(beam: list[Step], searched: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each set of the beam with one more finding, every set once."""
    sets = {
        tuple(sorted((*s.findings, n), key=searched.index)): None
        for s in beam
        for n in searched
        if n not in s.findings
    }
    return list(sets)


def _rank(step: Step) -> tuple[float, float]:
    return -round(step.likely, 12), -step.bits


def _step(results: Results, given: Floats, below: float) -> Step | None:
    """What a set of findings can do; None where it has too many joint results."""
    if results.size > MOST_RESULTS:
        return None
    joint = results.every(given[results.keep])
    chance = joint.sum(axis=1)
    after = np.divide(joint[:, 0], chance, out=np.ones_like(chance), where=chance > 0)
    reached = np.where(after < below, chance, 0.0)
    best = int(reached.argmax())
    found = reached[best] > 0
    return Step(
        findings=results.names,
        likely=float(reached.sum()),
        results=results.result(best) if found else {},
        probability=float(reached[best]),
        present=float(after[best]) if found else None,
        bits=_information(joint),
    )


def _information(joint: Floats) -> float:
    outer = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
    ratio = np.divide(joint, outer, out=np.ones_like(joint), where=joint > 0)
    return max(float((joint * np.log2(ratio)).sum()), 0.0)
