"""Writes docs/performance.md: `make bench`."""

from __future__ import annotations

import os
import platform
import time
import warnings
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import bme_bayes as bb
from benchmarks.exported import BOUND, CASES, PEERS, tried
from benchmarks.growth import batches, growth
from benchmarks.jobs import Bench, Line
from benchmarks.memory import imports, memory
from benchmarks.patients import patients
from benchmarks.timing import Machine, measure_machine, median

OUT = Path("docs/performance.md")
REGIONS = ("hip", "knee")
PATIENTS, SAMPLE = 100_000, 300


def main() -> None:
    """Run every job and write the page."""
    warnings.simplefilter("ignore")
    start, load = time.perf_counter(), os.getloadavg()[0]
    machine = measure_machine()
    lines = [line for region in REGIONS for line in region_lines(region, machine)]
    parts = [
        heading(machine, load),
        "## The five jobs",
        JOBS,
        table(JOB_COLUMNS, map(job_row, lines)),
        reading(),
        "## On the exported model",
        EXPORTED,
        table(("region", "known", "peer", "seconds", "ratio", ""), exported_rows()),
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


JOB_COLUMNS = (
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
JOBS = f"""The peers are given the engine's own formulation, a variable for the scenario, as their
best way known; the tables of every peer are made beforehand, and their answer is the posterior
of the scenario, while the engine's is the whole answer with explanations. Medians over patients
with other findings each, all ways in turns of five. pyAgrum is asked through LazyPropagation and
ShaferShenoy, pgmpy through variable elimination.
C of the peer is from {SAMPLE} patients, D from 10 draws (engine and peers one after the other)
and E from 40, with as many draws as the engine's estimate took. The machine's limit is
a bound from below: tables read once at memory or cache bandwidth, products of matrices at
BLAS rate, nothing else counted."""
EXPORTED = f"""The same posterior by the peers on the model as `to_pgmpy` exports it, without barren
nodes: pgmpy (variable elimination) one diagnosis, pyAgrum (LazyPropagation) all that are open,
the best of five runs, each ended after {BOUND} s or 12 GB; where there is no answer the ratio is
a lower limit. The fewer unknown risk factors, findings and open diagnoses, the smaller the
peers' tables. The engine's time is always for all diagnoses, with the same findings."""
GROWTH = """Synthetic networks of two kinds a diagnosis, 50 findings and 20 risks, 8 diagnoses where
findings or risks grow; 20 findings are known."""


def region_lines(region: str, machine: Machine) -> Iterable[Line]:
    """All jobs of one region; the whole cohort on the knee only."""
    bench = Bench(region, machine)
    for roots in (True, False):
        yield bench.a(roots)
        yield bench.b(roots)
    yield bench.c(PATIENTS if region == "knee" else PATIENTS // 10, SAMPLE)
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


def job_row(line: Line) -> Sequence[str]:
    """One line of the first table."""
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


def exported_rows() -> Iterable[Sequence[str]]:
    """Both peers on both regions."""
    for region in REGIONS:
        for number, case in enumerate(CASES):
            for peer in PEERS:
                ours, spent, why = tried(region, peer, number)
                more = "over " if why else ""
                ratio = f"{more}{spent / ours:,.0f}"
                yield region, case.words, peer, f"{more}{spent:.2f}", ratio, why


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
