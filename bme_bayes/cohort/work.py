"""One chunk of a cohort scored: the piece of work that a process or a cluster is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from bme_bayes.cohort.plan import Plan, Setting
from bme_bayes.cohort.regional import RegionScorer
from bme_bayes.cohort.tables import Chunk
from bme_bayes.cohort.template import MARK
from bme_bayes.errors import BmeBayesError, InputError, UnknownName
from bme_bayes.reading import load

Problem = tuple[int, object, str, str]
"""Row number, id, column, and what is wrong."""


@dataclass(frozen=True)
class Scored:
    """A chunk's results, in the order of the plan's columns, and its problems, by row."""

    read: int
    rows: list[list[object]]
    problems: list[Problem]
    regions: tuple[str, ...]


def score_chunk(plan: Plan, chunk: Chunk) -> Scored:
    """The results of the good rows of a chunk, and what is wrong with the others."""
    chunk = _patients(plan, chunk)
    ids = chunk.cells[plan.id] if plan.id else [""] * len(chunk.numbers)
    rows: list[list[object]] = []
    problems: list[Problem] = [(number, "", "", why) for number, why in chunk.faults]
    used = []
    for region, places in _by_region(plan, chunk):
        if region not in plan.versions:
            error = UnknownName("region", region, plan.versions)
            problems += [(chunk.numbers[i], ids[i], "region", str(error)) for i in places]
            continue
        used.append(region)
        scorer = _scorer(region, plan.setting, plan.versions[region])
        cells = {c: [chunk.cells[c][i] for i in places] for c in plan.findings}
        answers, faults = scorer.score(cells, len(places))
        for fault in faults:
            at = places[fault.place]
            problems.append((chunk.numbers[at], ids[at], fault.columns, fault.problem))
        bad = {fault.place for fault in faults}
        good = [i for i in range(len(places)) if i not in bad]
        rows += _rows(plan, chunk, region, scorer, [places[i] for i in good], answers[good])
    rows.sort(key=lambda row: int(str(row[0])))
    return Scored(
        len(chunk.numbers) + len(chunk.faults), rows, sorted(problems, key=lambda p: p[0]),
        tuple(used),
    )  # fmt: skip


def score_chunk_elsewhere(plan: Plan, chunk: Chunk) -> Scored:
    """`score_chunk` in a process of its own, with one BLAS thread."""
    _one_thread()
    return score_chunk(plan, chunk)


@lru_cache(maxsize=1)
def _one_thread() -> None:
    threadpool_limits(1, "blas")


def _patients(plan: Plan, chunk: Chunk) -> Chunk:
    """The chunk without a template's row of allowed states."""
    if not plan.id or MARK not in chunk.cells[plan.id]:
        return chunk
    keep = [i for i, cell in enumerate(chunk.cells[plan.id]) if cell != MARK]
    cells = {name: [column[i] for i in keep] for name, column in chunk.cells.items()}
    return Chunk([chunk.numbers[i] for i in keep], cells, chunk.faults)


def _by_region(plan: Plan, chunk: Chunk) -> Iterator[tuple[str, list[int]]]:
    places: dict[str, list[int]] = {}
    if not plan.by_row:
        places[plan.region] = list(range(len(chunk.numbers)))
    else:
        for i, cell in enumerate(chunk.cells["region"]):
            places.setdefault(str(cell) or plan.region, []).append(i)
    yield from ((region, found) for region, found in places.items() if found)


@lru_cache(maxsize=8)
def _scorer(region: str, setting: Setting, version: str) -> RegionScorer:
    """The scorer of a region in this process; its model has to be the one that was planned."""
    try:
        network = load(region, setting)
    except BmeBayesError as error:  # a single message travels between processes
        raise InputError(f"a worker cannot load the model: {error}") from None
    if network.version != version:
        raise InputError(
            f"a worker has model {network.version} of {region}, not {version}: install the same "
            "version of bme-bayes and its data everywhere"
        )
    return RegionScorer(network)


def _rows(
    plan: Plan,
    chunk: Chunk,
    region: str,
    scorer: RegionScorer,
    places: list[int],
    answers: np.ndarray,
) -> list[list[object]]:
    names = scorer.diagnoses
    size, of = len(names), {d: i for i, d in enumerate(names)}
    order = [of.get(d) for d in plan.diagnoses]
    leaders = answers[:, 1 + size :].argmax(axis=1).tolist() if places else []
    kept = [chunk.cells[c] for c in ((plan.id,) if plan.id else ())]
    out: list[list[object]] = []
    for at, leader, answer in zip(places, leaders, answers.tolist(), strict=True):
        present = [None if i is None else answer[1 + i] for i in order]
        main = [None if i is None else answer[1 + size + i] for i in order]
        texts = [*(c[at] for c in kept), region, *(chunk.cells[c][at] for c in plan.keep)]
        version = plan.versions[region]
        row = [chunk.numbers[at], *texts, version, names[leader], answer[0], *present, *main]
        out.append(row)
    return out
