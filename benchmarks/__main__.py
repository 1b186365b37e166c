"""Writes docs/performance.md: `make bench`."""

from __future__ import annotations

import os
import platform
import time
import warnings
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import bme_bayes as bb
from benchmarks.exported import BOUND, CASES, MEMORY, PEERS, tried
from benchmarks.growth import batches, growth
from benchmarks.jobs import Bench, Line
from benchmarks.memory import imports, memory
from benchmarks.patients import patients
from benchmarks.timing import Machine, measure_machine, median

OUT = Path("docs/performance.md")
REGIONS = ("hip", "knee")
PATIENTS, SAMPLE = 100_000, 300
PATIENT, NO_RISK = 0, 1
"""Cases of `exported` that the five jobs are about."""


def main() -> None:
    """Run every job and write the page."""
    warnings.simplefilter("ignore")
    start, load = time.perf_counter(), os.getloadavg()[0]
    machine = measure_machine()
    lines = [line for region in REGIONS for line in region_lines(region, machine)]
    tries = [
        Try(r, n, p, *tried(r, p, n)) for r in REGIONS for n in range(len(CASES)) for p in PEERS
    ]
    parts = [
        heading(machine, load),
        "## The five jobs, on the networks themselves",
        JOBS,
        table(JOB_COLUMNS, (job_row(line, tries) for line in lines)),
        reading(),
        "## What the peers can answer on these networks",
        EXPORTED,
        table(("region", "known", "peer", "seconds", "ratio", ""), map(exported_row, tries)),
        "## With the engine's own formulation handed to the peers",
        HANDED,
        table(HANDED_COLUMNS, map(handed_row, lines)),
        "## Growth",
        GROWTH,
        table(("network", "scenarios", "A, ms", "B, ms", "pyAgrum's A over ours"), growth()),
        "Patients in one call of `batch_posterior` on the knee, one process:",
        table(("patients", "µs a patient"), batches("knee")),
        "## Memory and import",
        table(("job, on the knee", "peak MB"), memory()),
        import_line(),
        f"All this took {(time.perf_counter() - start) / 60:.0f} minutes.",
    ]
    OUT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


class Try(NamedTuple):
    """One posterior on a network itself: seconds of the engine and of a peer, or why not."""

    region: str
    case: int
    peer: str
    ours: float
    spent: float
    why: str


JOB_COLUMNS = ("job", "region", "engine", "best peer, at the least", "ratio", "to reach")
JOBS = """The peers work on the network as `to_pgmpy` exports it, each in its best way: barren
nodes left out, pgmpy by variable elimination for one diagnosis, pyAgrum by LazyPropagation for
all diagnoses as joint targets. They do not come to an answer for one such patient (next table),
so the times and ratios are lower limits: the bound at which they were ended, times the
posteriors that the job asks for one after the other (A and B one, C half the patients on each
of two processes, D and E one a draw)."""
LEAST = f"{BOUND} s or {MEMORY // 2**30} GB"
EXPORTED = f"""One posterior, the best of five runs, each ended after {LEAST}; where there is
no answer the ratio is a lower limit. The fewer unknown risk factors, findings and open
diagnoses, the smaller the peers' tables. The engine's time is always for all diagnoses, with the
same findings."""
HANDED_COLUMNS = (
    "job",
    "region",
    "engine",
    "best peer",
    "its time",
    "ratio",
    "to reach",
    "machine's limit",
    "over it",
)
HANDED = f"""A harder test: the idea that makes the engine fast, one variable for the scenario
(which diagnoses are present, and of which kind), is given to the peers as their network. Their
tables are made beforehand, and their answer is the posterior of the scenario, while the engine's
is the whole answer with explanations. Medians over patients with other findings each, all ways in
turns of five. pyAgrum is asked through LazyPropagation and ShaferShenoy, pgmpy through variable
elimination. C of the peer is from {SAMPLE} patients, D from 10 draws (engine and peers one after
the other) and E from 40, with as many draws as the engine's estimate took. Here A, B and D stay
under the ratio to reach: at it, A would be faster than its tables can be read, and B as fast as
its one product of matrices; in D the peers are given the tables of each draw, while the engine
draws the numbers and fits the prior of each draw, which is over half of its time.
The machine's limit is a bound from below: tables read once at memory or cache bandwidth,
products of matrices at BLAS rate, nothing else counted."""
GROWTH = """Synthetic networks of two kinds a diagnosis, 50 findings and 20 risks, 8 diagnoses where
findings or risks grow; 20 findings are known."""


def region_lines(region: str, machine: Machine) -> Iterable[Line]:
    """All jobs of one region."""
    bench = Bench(region, machine)
    for roots in (True, False):
        yield bench.a(roots)
        yield bench.b(roots)
    yield bench.c(PATIENTS, SAMPLE)
    yield bench.d()
    yield bench.e()


def heading(machine: Machine, load: float) -> str:
    """What was measured where."""
    names = ("numpy", "scipy", "pgmpy", "pyagrum")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return f"""# Performance

Written by `make bench`. Each ratio is of times measured side by side in one run, on
{os.cpu_count()} processors ({platform.machine()}, Python {platform.python_version()}, {versions});
load at the start {load:.1f}. One thread reads {machine.bandwidth / 1e9:.0f} GB/s from memory and
{machine.cached / 1e9:.0f} GB/s from its cache, and multiplies matrices at \
{machine.flops / 1e9:.0f} Gflop/s."""


def job_row(line: Line, tries: Sequence[Try]) -> Sequence[str]:
    """One line of the first table: the peers' least time, from what they were tried with."""
    case = NO_RISK if "no risk" in line.job else PATIENT
    one = min(t.spent for t in tries if (t.region, t.case) == (line.region, case))
    least = one * line.posteriors
    return (
        line.job,
        line.region,
        seconds(line.ours),
        f"over {seconds(least)}",
        f"**over {least / line.ours:,.0f}**",
        f"{line.target:.0f}",
    )


def handed_row(line: Line) -> Sequence[str]:
    """One line of the table in which the peers are handed the scenarios."""
    peer = min(line.peers, key=lambda name: line.peers[name])
    return (
        line.job,
        line.region,
        seconds(line.ours),
        peer,
        seconds(line.peers[peer]),
        f"**{line.ratio:,.1f}**",
        f"{line.target:.0f}",
        f"{seconds(line.limit)} ({line.limit_words})",
        f"{line.ours / line.limit:,.1f}",
    )


def exported_row(found: Try) -> Sequence[str]:
    """One try of a peer."""
    more = "over " if found.why else ""
    ratio = f"{more}{found.spent / found.ours:,.0f}"
    words = CASES[found.case].words
    return found.region, words, found.peer, f"{more}{found.spent:.2f}", ratio, found.why


def reading() -> str:
    """Scenarios, and what the objects of an answer to B cost."""
    engines = {region: bb.Engine(bb.load(region)) for region in REGIONS}
    sizes = " and ".join(
        f"{engine.space.scenarios.size:,} ({region})" for region, engine in engines.items()
    )
    person = patients(engines["knee"], 1)[0]
    answers = [engines["knee"].next_findings(person) for _ in range(21)]
    spent = median(lambda i: answers[i + 1].findings, 20)
    return (
        f"There are {sizes} scenarios. B is worked out in full; its objects for a page or a file "
        f"are made when they are first read, which takes {seconds(spent)} more on the knee."
    )


def import_line() -> str:
    """Import time beside that of pandas."""
    ours, pandas = imports()
    return (
        f"`import bme_bayes` takes {ours * 1e3:.0f} ms, `import pandas` {pandas * 1e3:.0f} ms: "
        f"{ours / pandas:.2f} times as long (to stay under 2)."
    )


def seconds(value: float) -> str:
    """A time in fitting units."""
    if value >= 1000:
        return f"{value:,.0f} s"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:,.{1 if value / size >= 10 else 2}f} {unit}"
    return f"{value * 1e6:.0f} µs"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
