"""Cohorts by the command line, as `docs/clusters.md` reports: `python -m benchmarks.cohorts`."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import bme_bayes as bb
from benchmarks.patients import cohort
from bme_bayes.batch import UNKNOWN, columns

REGION = "knee"
SIZES = (2_000, 20_000)
WAYS = {
    "1 process": (),
    "2 processes": ("--workers", "2"),
    "Dask on this computer, 2 workers": ("--dask", "local", "--workers", "2"),
}
PEAK = """
import resource, sys
from bme_bayes.cli import main
status = main(sys.argv[1:])
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    used = resource.getrusage(who)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)
"""


def write(path: Path, count: int) -> None:
    """A cohort as CSV, a cell a known finding."""
    network = bb.load(REGION)
    names = columns(network)
    states = [network.variable(n).states for n in names]
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", *names])
        for number, row in enumerate(cohort(network, count).tolist()):
            cells = ["" if c == UNKNOWN else s[c] for c, s in zip(row, states, strict=True)]
            writer.writerow([number, *cells])


@dataclass(frozen=True)
class Used:
    """Seconds on the clock; processor seconds and peak megabytes of the parent and workers."""

    seconds: float
    parent: float
    workers: float
    parent_mb: float
    worker_mb: float


def measure(path: Path, count: int, options: tuple[str, ...]) -> Used:
    """What it takes to score a cohort in a new process."""
    out = path.with_name("out.csv")
    command = [sys.executable, "-c", PEAK, "score", str(path), "--out", str(out)]
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--region", REGION, "--json", *options],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    told, own, others = done.stdout.strip().splitlines()
    assert json.loads(told)["rows"] == count
    parent, workers = ([float(x) for x in line.split()] for line in (own, others))
    return Used(seconds, parent[0], workers[0], parent[1], workers[1])


def main() -> None:
    """A Markdown row for each way; rates are those of the patients between the two sizes."""
    print("| where | s, few | s, many | CPU ms a patient: parent | workers | peak MB, few: parent "
          "| a worker | peak MB, many: parent | a worker |")  # fmt: skip
    print(f"| --- |{' ---: |' * 8}")
    few, many = SIZES
    with tempfile.TemporaryDirectory() as folder:
        paths = {n: Path(folder) / f"{n}.csv" for n in SIZES}
        for count, path in paths.items():
            write(path, count)
        for way, options in WAYS.items():
            a, b = (measure(paths[n], n, options) for n in SIZES)
            each = [1000 * (y - x) / (many - few)
                    for x, y in ((a.parent, b.parent), (a.workers, b.workers))]  # fmt: skip
            cells = [f"{a.seconds:.1f}", f"{b.seconds:.1f}", *(f"{v:.2f}" for v in each)]
            cells += [f"{v:.0f}" for v in (a.parent_mb, a.worker_mb, b.parent_mb, b.worker_mb)]
            print(f"| {way} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
