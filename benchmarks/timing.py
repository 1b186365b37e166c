"""Clocks, and what the machine itself can do."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import threadpoolctl

TURN = 5
"""Runs of one way before the next has its turn."""


def clock(work: Callable[[], object]) -> float:
    """Seconds that some work takes once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[int], object], repeats: int) -> float:
    """Median seconds of `work(i)`; the first run, which fills caches, does not count."""
    work(0)
    return float(np.median([clock(lambda i=i: work(i)) for i in range(repeats)]))


def side_by_side(
    works: Mapping[str, Callable[[int], object]], repeats: int, bound: float = 120.0
) -> dict[str, float]:
    """Median seconds of several ways of the same job, in turns of a few runs each.

    So each finds the processor's cache as its own run before left it, as one who asks again and
    again does. A way that has used up `bound` seconds is not run again; one run at least is made.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work(0)
    for start in range(0, repeats, TURN):
        for name, work in works.items():
            for i in range(start, min(start + TURN, repeats)):
                if sum(taken[name]) < bound:
                    taken[name].append(clock(lambda work=work, i=i: work(i)))
    return {name: float(np.median(times)) for name, times in taken.items()}


@dataclass(frozen=True)
class Machine:
    """bandwidth in bytes a second and multiply-adds at BLAS rate in flops a second, one thread."""

    bandwidth: float
    cached: float
    flops: float


def measure_machine() -> Machine:
    """Memory bandwidth outside and inside the nearest large cache, and dgemm's rate."""
    with threadpoolctl.threadpool_limits(1, "blas"):
        square = np.random.default_rng(0).random((1500, 1500))
        flops = 2 * 1500**3 / median(lambda _: square @ square, 7)
        large, small = np.ones(32_000_000), np.ones(40_000)
        out = np.ones_like(large)
        bandwidth = 3 * large.nbytes / median(lambda _: np.multiply(large, out, out=out), 7)
        near = np.ones_like(small)
        times = median(lambda _: [np.multiply(small, near, out=near) for _ in range(50)], 30)
    return Machine(bandwidth, 3 * 50 * small.nbytes / times, flops)


def python_seconds(statement: str, repeats: int = 7) -> float:
    """Median seconds of a new Python that runs one statement."""
    command = [sys.executable, "-c", statement]
    return median(lambda _: subprocess.run(command, check=True), repeats)


def peak_memory(statement: str) -> float:
    """Megabytes at most resident in a new Python that runs some statements."""
    end = "\nprint(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"
    command = [sys.executable, "-c", statement + end]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(found.stdout.split()[-1]) / 1000
