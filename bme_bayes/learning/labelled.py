"""Patients with known diagnoses, laid out for the E-step: batches of like diagnoses.

What is known of the diagnoses is a likelihood over the scenarios, as any finding: the kind of
a disease, a grade that was not told and a diagnosis that was not asked after stay open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError, InputError, UnknownName
from bme_bayes.findings import Coded, code_findings
from bme_bayes.network import EDEMA, NONE

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Row = Mapping[str, object]
MAIN = "main_cause"
MOST_AT_ONCE = 200
Pattern = tuple[bytes, ...]


@dataclass(frozen=True)
class Family:
    """A finding and its parts, and every pattern of them that some patient shows.

    whole : (P, states) and parts : one (P, 2) each, what is known; ones where nothing is
    """

    name: str
    part_names: tuple[str, ...]
    whole: Floats
    parts: tuple[Floats, ...]


@dataclass(frozen=True)
class Batch:
    """Patients with the same known diagnoses.

    where : (S',) the scenarios that these allow
    prior : (N, S') their weights given diagnoses, context and risk factors
    patterns : family to (N,) number of the pattern, -1 where nothing is known of it
    numbers : (N,) which patients these are, from 1
    """

    where: Ints
    prior: Floats
    patterns: Mapping[str, Ints]
    numbers: Ints


def label_likelihood(space: DiseaseSpace, known: Row) -> Floats:
    """(S,) P(what is known of the diagnoses | scenario).

    `known` maps a diagnosis to `present`, `absent` or one of its public states, and
    `main_cause` to a diagnosis or `none`. Raises `UnknownName`, or `InputError` where nothing is
    known.
    """
    names = space.scenarios.diagnoses
    out, told = np.ones(space.scenarios.size), False
    for key, value in known.items():
        if value is None or value in ("", "unknown"):
            continue
        told = True
        if key == MAIN:
            if value not in (*names, NONE):
                raise UnknownName(
                    "diagnosis",
                    str(value),
                    [*names, NONE],
                    "as the main cause",
                    space.network.labels,
                )
            explained = space.main_matrix.sum(axis=1)
            of = 1 - explained if value == NONE else space.main_matrix[:, names.index(str(value))]
            out = out * np.maximum(of, 0.0)
            continue
        if key not in names:
            raise UnknownName("diagnosis", key, [MAIN, *names])
        grades = [i for i, g in enumerate(space.scenarios.grades) if g[0] == key]
        states = {space.scenarios.grades[i][1]: [i] for i in grades} | {"present": grades}
        if value == "absent":
            out = out * (1 - space.present_matrix[:, grades].sum(axis=1))
        elif value in states:
            out = out * space.present_matrix[:, states[str(value)]].sum(axis=1)
        else:
            raise UnknownName("state", str(value), ["absent", *states], f"of {key}")
    if not told:
        raise InputError("no diagnosis is known")
    return np.asarray(out)


def lay_out(
    engine: Engine, findings: Sequence[Row], diagnoses: Sequence[Row]
) -> tuple[list[Family], list[Batch]]:
    """Families and batches of a table; raises `InputError` with the patient's number."""
    if len(findings) != len(diagnoses) or not findings:
        raise InputError(
            f"{len(findings)} rows of findings and {len(diagnoses)} of diagnoses: "
            "there has to be one each a patient"
        )
    space = engine.space
    wholes = {n: space.network.variable(n).part_of or n for n in space.cpds}
    patterns: dict[str, dict[Pattern, tuple[int, Coded]]] = {w: {} for w in wholes.values()}
    rows: dict[bytes, list[tuple[int, Floats, dict[str, int]]]] = {}
    likelihoods: dict[bytes, Floats] = {}
    for number, (found, known) in enumerate(zip(findings, diagnoses, strict=True), start=1):
        try:
            coded = code_findings(space.network, found)
            if EDEMA not in coded or coded[EDEMA][0]:
                raise InputError("is not known to have marrow edema; all numbers are given that")
            label = label_likelihood(space, known)
            roots, below = space.split_evidence(coded)
            weight = space.roots_weight(roots) * space.solved.scenario * space.edema * label
            if not weight.any():
                raise InputError("these diagnoses cannot be true together, or in such a patient")
        except BmeBayesError as error:
            raise InputError(f"patient {number}: {error}") from None
        likelihoods[label.tobytes()] = label
        rows.setdefault(label.tobytes(), []).append(
            (number, weight, _patterns_of(below, wholes, patterns))
        )
    families = [_family(space, w, seen) for w, seen in patterns.items() if seen]
    batches = [b for key, group in rows.items() for b in _batches(likelihoods[key], group)]
    return families, batches


def _patterns_of(
    below: Coded, wholes: Mapping[str, str], seen: dict[str, dict[Pattern, tuple[int, Coded]]]
) -> dict[str, int]:
    """Family to number of the pattern that a patient shows; new patterns are noted."""
    by_family: dict[str, Coded] = {}
    for name, vector in below.items():
        if name in wholes:
            by_family.setdefault(wholes[name], {})[name] = vector
    out = {}
    for whole, known in by_family.items():
        key = tuple(n.encode() + known[n].tobytes() for n in sorted(known))
        table = seen[whole]
        out[whole] = table.setdefault(key, (len(table), known))[0]
    return out


def _family(space: DiseaseSpace, whole: str, seen: Mapping[Pattern, tuple[int, Coded]]) -> Family:
    known = [coded for _, coded in seen.values()]
    parts = tuple(p for p in space.parts.get(whole, ()) if any(p in c for c in known))
    states = len(space.network.variable(whole).states)

    def column(name: str, size: int) -> Floats:
        return np.stack([c.get(name, np.ones(size)) for c in known])

    return Family(whole, parts, column(whole, states), tuple(column(p, 2) for p in parts))


def _batches(label: Floats, group: list[tuple[int, Floats, dict[str, int]]]) -> Iterator[Batch]:
    where = np.flatnonzero(label)
    for start in range(0, len(group), MOST_AT_ONCE):
        chunk = group[start : start + MOST_AT_ONCE]
        names = {n for _, _, patterns in chunk for n in patterns}
        yield Batch(
            where,
            np.stack([w[where] for _, w, _ in chunk]),
            {n: np.array([p.get(n, -1) for _, _, p in chunk]) for n in sorted(names)},
            np.array([number for number, _, _ in chunk]),
        )
