"""Where chunks are scored: here, on several processes, or on a Dask cluster; always in order."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

from bme_bayes.cohort.plan import Plan
from bme_bayes.cohort.tables import Chunk
from bme_bayes.cohort.work import Scored, score_chunk, score_chunk_elsewhere
from bme_bayes.errors import InputError

WAITING = 3
"""Chunks under way for each worker; the memory needed does not grow with the cohort."""
RETRIES = 3
CONNECT_SECONDS = 20
Chunks = Iterable[tuple[Chunk, int]]
Run = Callable[[Plan, Chunks], Iterator[tuple[Scored, int]]]


class _Future(Protocol):
    def result(self) -> Scored: ...


@contextmanager
def runner(workers: int = 1, dask: str = "") -> Iterator[Run]:
    """What scores chunks in their order and says how far each reaches.

    Parameters: `workers` processes of this computer (1: this process); `dask` is `local` for a
    cluster of as many on this computer, or the address of a scheduler (`tcp://host:port`).
    Raises `InputError` where a cluster cannot be reached or is lost.
    """
    if dask:
        with _cluster(dask, workers) as run:
            yield run
    elif workers > 1:
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=spawn) as pool:
            yield partial(_on_processes, pool, workers)
    else:
        yield _here


def _here(plan: Plan, chunks: Chunks) -> Iterator[tuple[Scored, int]]:
    for chunk, done in chunks:
        yield score_chunk(plan, chunk), done


def _on_processes(
    pool: ProcessPoolExecutor, workers: int, plan: Plan, chunks: Chunks
) -> Iterator[tuple[Scored, int]]:
    try:
        submit = partial(pool.submit, partial(score_chunk_elsewhere, plan))
        yield from _in_order(submit, chunks, workers)
    except BrokenProcessPool:
        raise InputError(
            "a worker process ended before its work (memory?); nothing was written"
        ) from None


def _in_order(
    submit: Callable[[Chunk], _Future], chunks: Chunks, workers: int
) -> Iterator[tuple[Scored, int]]:
    """Results in the order of the chunks; only so many are under way."""
    waiting: deque[tuple[_Future, int]] = deque()
    for chunk, done in chunks:
        waiting.append((submit(chunk), done))
        if len(waiting) >= WAITING * workers:
            first, reached = waiting.popleft()
            yield first.result(), reached
    while waiting:
        first, reached = waiting.popleft()
        yield first.result(), reached


@contextmanager
def _cluster(address: str, workers: int) -> Iterator[Run]:
    distributed = _distributed()
    if address == "local":
        count = workers if workers > 1 else os.cpu_count() or 1
        with (
            distributed.LocalCluster(
                n_workers=count, threads_per_worker=1, processes=True, dashboard_address=":0"
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield partial(_on_dask, distributed, client)
        return
    if not address.startswith(("tcp://", "tls://")):
        raise InputError(f"--dask {address}: say `local` or the address of a scheduler, tcp://...")
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise InputError(f"no Dask scheduler answers at {address}: {error}") from None
    with client:
        yield partial(_on_dask, distributed, client)


def _on_dask(
    distributed: Any, client: Any, plan: Plan, chunks: Chunks
) -> Iterator[tuple[Scored, int]]:
    """Chunks on a cluster: what a lost worker had under way is done again by another."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except distributed.TimeoutError:
        raise InputError("the Dask scheduler has no workers: start some first") from None
    workers = len(client.scheduler_info(n_workers=-1)["workers"])

    def submit(chunk: Chunk) -> Any:
        return client.submit(_score_packed, plan, _packed(chunk), pure=False, retries=RETRIES)

    try:
        yield from _in_order(submit, chunks, workers)
    except (
        distributed.KilledWorker,
        distributed.CancelledError,
        distributed.comm.CommClosedError,
        distributed.TimeoutError,
    ) as error:
        raise InputError(
            f"the cluster was lost ({type(error).__name__}); nothing was written"
        ) from None


def _packed(chunk: Chunk) -> bytes:
    """A chunk in a tenth of its size: a scheduler keeps the last thousand that it sent."""
    return zlib.compress(pickle.dumps(chunk), level=1)


def _score_packed(plan: Plan, packed: bytes) -> Scored:
    return score_chunk_elsewhere(plan, pickle.loads(zlib.decompress(packed)))


def _distributed() -> Any:
    """The module `distributed`, which comes with the extra `dask`."""
    try:
        import distributed  # noqa: PLC0415 - an extra, and half a second
    except ImportError:
        raise InputError(
            "--dask needs Dask: pip install dask distributed (or use --workers)"
        ) from None
    return distributed
