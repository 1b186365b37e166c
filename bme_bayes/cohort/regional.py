"""The posteriors of a chunk of patients of one region, through `bme_bayes.batch`.

An uncertain finding is a weighted sum over its states, so a patient with some is scored as
several patients with certain findings, whose answers are then averaged: exact, like the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bme_bayes.batch import BatchKernel, BatchPosterior, Codes, columns, encode
from bme_bayes.cohort.coding import Cell, Column, as_findings, read_columns
from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError, Contradiction
from bme_bayes.network import EDEMA, Network

Floats = NDArray[np.float64]
Cells = Mapping[str, Sequence[object]]
LEAST = -1e300
"""Below the logarithm of any probability."""
MOST_SUMS = 64
"""Up to so many combinations of uncertain states go through the batch; above, the engine."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why the row at `place` of a chunk has no answer, and the columns that are at fault."""

    place: int
    columns: str
    problem: str


class RegionScorer:
    """Posteriors of one region and setting."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.engine = Engine(network)
        self.kernel = BatchKernel(self.engine.space)
        self.places = {name: i for i, name in enumerate(columns(network))}

    @property
    def diagnoses(self) -> tuple[str, ...]:
        """The diagnoses, in the order of the answers."""
        return tuple(self.engine.space.scenarios.diagnoses)

    def score(self, cells: Cells, size: int) -> tuple[Floats, list[Fault]]:
        """Answers of `size` rows (N, 1 + 2 D) and faults; a row with a fault has NaN.

        An answer is ln P(findings), then presence and main cause of each diagnosis.
        """
        read = read_columns(self.network, cells)
        faults = _first_faults(read)
        good = [i for i in range(size) if i not in faults]
        out = np.full((size, 1 + 2 * len(self.diagnoses)), np.nan)
        here = [_at(c, good) for c in read if c.variable in self.places]
        if good:
            out[good] = self._answers(here, len(good))
        known: dict[tuple[str, ...], Contradiction] = {}
        for place in (i for i in good if not np.isfinite(out[i, 0])):
            facts = {f"{c.variable}={c.cells[place].state}" for c in read}
            try:
                _raise_again(known, facts)
                out[place] = self._one({name: column[place] for name, column in cells.items()})
            except Contradiction as error:
                known[error.findings] = error
                names = " ".join(f.partition("=")[0] for f in error.findings)
                faults[place] = Fault(place, names, str(error))
            except BmeBayesError as error:
                faults[place] = Fault(place, "", str(error))
        return out, sorted(faults.values(), key=lambda f: f.place)

    def _answers(self, read: list[Column], size: int) -> Floats:
        """(N, 1 + 2 D); NaN where nothing is possible or the combinations are too many.

        NaN too where an uncertain sign would be split into states that this setting reads as
        stated: it was not.
        """
        codes = self._codes(read, size)
        soft: dict[int, list[tuple[int, Floats]]] = {}
        stated = {n for n, rows in self.kernel.known.items() if np.count_nonzero(rows) > len(rows)}
        one_by_one: list[int] = []
        for column in read:
            unsure = [(i, c) for i, c in enumerate(column.cells) if c.unknown or c.soft is not None]
            for place, cell in unsure:
                weights = self._weights(column.variable, cell)
                if weights is not None and column.variable in stated:
                    one_by_one.append(place)
                elif weights is not None:
                    soft.setdefault(place, []).append((self.places[column.variable], weights))
        expanded, owner, weight = _expand(codes, soft)
        out = _averaged(self.kernel.posterior(expanded), owner, weight, size)
        out[one_by_one] = np.nan
        return out

    def _codes(self, read: list[Column], size: int) -> Codes:
        states: dict[str, Sequence[str | None]] = {EDEMA: ["present"] * size}
        for column in read:
            values = [cell.state for cell in column.cells]
            if column.variable == EDEMA:  # taken for granted where nothing is said
                values = [
                    None if c.unknown or c.soft is not None else c.state or "present"
                    for c in column.cells
                ]
            states[column.variable] = values
        return encode(self.network, states)

    def _weights(self, variable: str, cell: Cell) -> Floats | None:
        """Likelihoods of an uncertain finding.

        Where a setting takes what is not mentioned for less likely, a variable that is said to
        be unknown is uncertain between all its states.
        """
        if cell.unknown and variable in self.kernel.assumed:
            return np.ones(len(self.network.variable(variable).states))
        return cell.soft

    def _one(self, row: Mapping[str, object]) -> Floats:
        """The answer to one row by the engine; raises what it raises."""
        findings = as_findings(row)
        belief = self.engine.belief(findings)
        space, size = self.engine.space, len(self.diagnoses)
        joint = space.answers @ belief.scenario
        main, present = joint[1 : 1 + size], np.minimum(joint[1 + size :], 1.0)
        return np.concatenate([[belief.log_evidence], present, main])


def _raise_again(known: Mapping[tuple[str, ...], Contradiction], facts: set[str]) -> None:
    """Raise a contradiction met before that these facts hold too: to find one takes long."""
    for findings, error in known.items():
        if facts.issuperset(findings):
            raise error


def _first_faults(read: Sequence[Column]) -> dict[int, Fault]:
    faults: dict[int, Fault] = {}
    for column in read:
        for place, cell in enumerate(column.cells):
            if cell.fault and place not in faults:
                faults[place] = Fault(place, " ".join(cell.at_fault), cell.fault)
    return faults


def _at(column: Column, places: Sequence[int]) -> Column:
    return Column(column.variable, [column.cells[i] for i in places])


def _expand(
    codes: Codes, soft: Mapping[int, Sequence[tuple[int, Floats]]]
) -> tuple[Codes, NDArray[np.intp], Floats]:
    """Rows of certain findings, whose row each was, and its weight; none for too many sums."""
    certain = [i for i in range(len(codes)) if i not in soft]
    rows, owner, weight = [codes[certain]], list(certain), [1.0] * len(certain)
    for place, uncertain in soft.items():
        choices = [np.flatnonzero(w) for _, w in uncertain]
        if np.prod([len(c) for c in choices]) > MOST_SUMS:
            continue
        for states in product(*choices):
            row = codes[place].copy()
            for (column, _), state in zip(uncertain, states, strict=True):
                row[column] = state
            rows.append(row[None])
            owner.append(place)
            weight.append(
                float(np.prod([w[s] for (_, w), s in zip(uncertain, states, strict=True)]))
            )
    return np.concatenate(rows), np.array(owner, dtype=np.intp), np.array(weight)


def _averaged(found: BatchPosterior, owner: NDArray[np.intp], weight: Floats, size: int) -> Floats:
    """Answers of `size` rows from those of the rows that they were expanded to."""
    answers = np.nan_to_num(np.hstack([found.present, found.main_cause]))
    log = found.log_evidence + np.log(weight)
    most = np.full(size, LEAST)
    np.maximum.at(most, owner, log)
    share = np.exp(log - most[owner])
    total = np.zeros(size)
    np.add.at(total, owner, share)
    out = np.zeros((size, answers.shape[1]))
    np.add.at(out, owner, share[:, None] * answers)
    possible = total > 0
    with np.errstate(divide="ignore"):
        evidence = most + np.log(total)
    table = np.hstack([evidence[:, None], out / np.where(possible, total, 1.0)[:, None]])
    table[~possible] = np.nan
    return np.asarray(table)
