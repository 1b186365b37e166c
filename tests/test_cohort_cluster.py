"""`score` elsewhere: processes and a Dask cluster give what this process gives."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import distributed
import pytest

import bme_bayes as bb
from bme_bayes.cohort import runners, score_cohort, tables
from bme_bayes.cohort.tables import Chunk, Table

DASK: Any = distributed
LINES = [
    f"{i},{('hip', 'knee')[i % 2]},{20 + i % 60},"
    f"{'present' if i % 3 else 'oops'},{'normal' if i % 5 else ''}"
    for i in range(120)
]


@pytest.fixture
def cohort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """120 patients, 40 of them with a bad cell, in chunks of 7."""
    monkeypatch.setattr("bme_bayes.cohort.tables.CHUNK", 7)
    path = tmp_path / "cohort.csv"
    path.write_text("id,region,age,corticosteroids,crp\n" + "\n".join(LINES), encoding="utf-8")
    return path


def alone(cohort: Path) -> tuple[bytes, bytes]:
    done = score_cohort(cohort, cohort.with_name("alone.csv"))
    assert (done.rows, done.scored, done.bad) == (120, 80, 40)
    return done.out.read_bytes(), done.bad_rows.read_bytes()


def test_processes_change_nothing(cohort: Path) -> None:
    done = score_cohort(cohort, cohort.with_name("two.csv"), workers=2)
    assert (done.out.read_bytes(), done.bad_rows.read_bytes()) == alone(cohort)


def test_a_worker_killed_in_mid_run_loses_and_doubles_nothing(
    cohort: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = alone(cohort)
    with (
        DASK.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        DASK.Client(cluster) as watcher,
    ):
        busy = kill_one_after_five_chunks(watcher, monkeypatch)
        address = cluster.scheduler_address
        done = score_cohort(cohort, cohort.with_name("dask.csv"), dask=address)
        kept = sum(isinstance(o, Chunk) for o in gc.get_objects())
    assert busy
    assert kept <= 2, "the scheduler keeps chunks that are done"
    assert busy[0] > 0, "the worker that was killed had no work"
    assert (done.rows, done.scored, done.bad) == (120, 80, 40)
    assert (done.out.read_bytes(), done.bad_rows.read_bytes()) == expected


def kill_one_after_five_chunks(watcher: Any, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """End a worker process that has chunks under way; gives how many those were."""
    under_way: list[int] = []
    pids = watcher.run(os.getpid)

    def kill() -> None:
        loads: dict[str, int] = {}
        deadline = time.monotonic() + 20
        while not any(loads.values()) and time.monotonic() < deadline:
            loads = {worker: len(keys) for worker, keys in watcher.processing().items()}
        victim = max(loads, key=lambda w: loads[w])
        os.kill(pids[victim], signal.SIGKILL)
        under_way.append(loads[victim])

    def watched(chunks: Iterator[tuple[Chunk, int]]) -> Iterator[tuple[Chunk, int]]:
        for number, chunk in enumerate(chunks):
            if number == 5:
                kill()
            yield chunk

    @contextmanager
    def opened(path: Path) -> Iterator[Table]:
        with tables.open_table(path) as table:
            yield Table(table.name, table.columns, watched(table.chunks), table.total, table.unit)

    monkeypatch.setattr("bme_bayes.cohort.score.open_table", opened)
    return under_way


def test_clusters_that_cannot_be_used(cohort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "CONNECT_SECONDS", 0.5)
    for address, message in (("http://x", "tcp://"), ("tcp://127.0.0.1:1", "no Dask scheduler")):
        with pytest.raises(bb.InputError, match=message):
            score_cohort(cohort, cohort.with_name("o.csv"), dask=address)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(bb.InputError, match=r"pip install dask distributed"):
        score_cohort(cohort, cohort.with_name("o.csv"), dask="local")
    assert [p.name for p in cohort.parent.iterdir()] == ["cohort.csv"]


def test_a_scheduler_without_workers(cohort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DASK.LocalCluster(n_workers=0, processes=True, dashboard_address=":0") as empty:
        monkeypatch.setattr(runners, "CONNECT_SECONDS", 2)
        with pytest.raises(bb.InputError, match="has no workers"):
            score_cohort(cohort, cohort.with_name("o.csv"), dask=empty.scheduler_address)
