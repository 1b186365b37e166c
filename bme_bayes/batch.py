"""Posteriors of many patients: exact, in chunks, on several processes with one BLAS thread each.

A cohort is a table of state numbers, a column a variable. Only the chunks under way are
held, so memory does not grow with the number of patients.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import InvalidFinding
from bme_bayes.findings import Coded, observable
from bme_bayes.log_tables import LogTables, age_and_sex
from bme_bayes.machine import aligned, inner
from bme_bayes.mentions import as_stated, assume_unremarkable
from bme_bayes.network import EDEMA, Network

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
UNKNOWN = -1
ROWS = 64
"""Patients whose weights are held at once by a worker."""
FEW = 24
"""Patients of one age and sex for whom no tables are made: that takes as long as so many."""
WAITING = 3
"""Chunks under way for each worker."""


@dataclass(frozen=True)
class BatchPosterior:
    """Answers of N patients, in the order of `diagnoses`.

    main_cause, present : (N, D); NaN for patients whose findings are impossible together
    log_evidence : (N,) ln P(findings | marrow edema); minus infinity for those
    """

    diagnoses: tuple[str, ...]
    main_cause: Floats
    present: Floats
    log_evidence: Floats


def columns(network: Network) -> tuple[str, ...]:
    """The variables of a table of codes, in the order of its columns."""
    return tuple(v.id for v in network.of_role("context", "risk", "finding", "sign"))


def encode(network: Network, states: Mapping[str, Sequence[str | None]]) -> Codes:
    """A table of codes (N, columns) from states by variable; None and "" are unknown.

    Marrow edema is present unless it is given. Raises `UnknownName` or `InvalidFinding`.
    """
    sizes = {len(column) for column in states.values()}
    if len(sizes) != 1:
        raise InvalidFinding(f"columns of one length are needed, not of {sorted(sizes)}")
    names = columns(network)
    out = np.full((sizes.pop(), len(names)), UNKNOWN, dtype=np.int8)
    out[:, names.index(EDEMA)] = 1
    for name, column in states.items():
        variable = observable(network, name)
        code: dict[str | None, int] = {s: i for i, s in enumerate(variable.states)}
        code |= {None: UNKNOWN, "": UNKNOWN}
        for state in dict.fromkeys(column):
            if state not in code:
                variable.state_index(str(state))
        out[:, names.index(name)] = [code[state] for state in column]
    return out


class BatchKernel:
    """The posterior of a chunk of patients.

    `unmentioned` below 1 takes risk factors that are not known for less likely, as in
    `Engine.belief`; None reads the table as the setting says.
    """

    def __init__(self, space: DiseaseSpace, unmentioned: float | None = None) -> None:
        network = space.network
        self.space, self.names = space, columns(network)
        self.assumed = assume_unremarkable(network, {}, unmentioned)
        self.known = {
            v.id: np.stack([as_stated(network, v, row) for row in np.eye(len(v.states))])
            for v in map(network.variable, self.names)
        }

    def posterior(self, codes: Codes) -> BatchPosterior:
        """Main cause and presence of a chunk of patients (N, columns)."""
        space = self.space
        joint, scale = np.empty((len(codes), len(space.answers))), np.empty(len(codes))
        pairs = age_and_sex(space, self.names, codes)
        for pair, size in zip(*np.unique(pairs, return_counts=True), strict=True):
            places = np.flatnonzero(pairs == pair)
            weigh = self._weigh_each if pair < 0 or size < FEW else self._weigh
            for start in range(0, len(places), ROWS):
                part = places[start : start + ROWS]
                weights = aligned(len(part), space.scenarios.size)
                scale[part] = weigh(codes[part], int(pair), weights)
                joint[part] = inner(weights, space.answers)
        total, diagnoses = joint[:, :1], space.scenarios.diagnoses
        share = np.full_like(joint[:, 1:], np.nan)
        np.divide(joint[:, 1:], total, out=share, where=total > 0)
        main, present = share[:, : len(diagnoses)], np.minimum(share[:, len(diagnoses) :], 1.0)
        with np.errstate(divide="ignore"):
            evidence = np.log(total[:, 0]) + scale - np.log(space.baseline)
        return BatchPosterior(diagnoses, main, present, evidence)

    @cached_property
    def tables(self) -> LogTables:
        """What is a sum of logarithms, made for the first chunk with many patients."""
        return LogTables(self.space, self.known, self.assumed)

    def _weigh(self, codes: Codes, pair: int, out: Floats) -> Floats:
        """Weights into `out` (N, S) of patients of one age and sex; logarithms of scale (N,)."""
        scale = self.tables.weights(codes, pair, out)
        for i, patient in enumerate(codes.tolist()):
            rest = self.tables.rest_assumed | self._coded(patient, self.tables.rest)
            scale[i] += self.space.products.multiply(out[i], rest)
        return scale

    def _weigh_each(self, codes: Codes, _: int, out: Floats) -> Floats:
        """The same for any patients, one at a time."""
        scale = np.empty(len(codes))
        every = tuple(enumerate(self.names))
        for i, patient in enumerate(codes.tolist()):
            out[i], scale[i] = self.space.weigh(self.assumed | self._coded(patient, every))
        return scale

    def _coded(self, patient: list[int], columns: Iterable[tuple[int, str]]) -> Coded:
        return {n: self.known[n][patient[i]] for i, n in columns if patient[i] != UNKNOWN}


def batch_posterior(
    space: DiseaseSpace,
    codes: Codes,
    workers: int = 1,
    chunk: int = 1000,
    unmentioned: float | None = None,
) -> BatchPosterior:
    """The answers of all patients of a table of codes (N, columns); see `encode`."""
    starts = range(0, max(len(codes), 1), chunk)
    parts = list(batch_chunks(space, (codes[i : i + chunk] for i in starts), workers, unmentioned))
    main, present, evidence = (
        np.concatenate([getattr(p, name) for p in parts])
        for name in ("main_cause", "present", "log_evidence")
    )
    return BatchPosterior(parts[0].diagnoses, main, present, evidence)


def batch_chunks(
    space: DiseaseSpace,
    chunks: Iterable[Codes],
    workers: int = 1,
    unmentioned: float | None = None,
) -> Iterator[BatchPosterior]:
    """The answers of chunks of patients, in their order, made as they are asked for.

    With two or more workers the chunks go to processes of their own (a script that asks for
    them keeps its own work below `if __name__ == "__main__"`).
    """
    if workers < 2:
        kernel = BatchKernel(space, unmentioned)
        yield from map(kernel.posterior, chunks)
        return
    waiting: deque[Future[BatchPosterior]] = deque()
    with ProcessPoolExecutor(workers, initializer=_start, initargs=(space, unmentioned)) as pool:
        for part in chunks:
            waiting.append(pool.submit(_work, part))
            if len(waiting) >= WAITING * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_worker: list[BatchKernel] = []
"""The kernel of a worker process."""


def _start(space: DiseaseSpace, unmentioned: float | None) -> None:
    _worker[:] = [BatchKernel(space, unmentioned)]


def _work(codes: Codes) -> BatchPosterior:
    return _worker[0].posterior(codes)
