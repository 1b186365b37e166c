"""Peak memory of each job, and the time that imports take, in new processes."""

from __future__ import annotations

from benchmarks.timing import peak_memory, python_seconds

START = """
import numpy as np, bme_bayes as bb
from benchmarks.patients import patients, cohort
engine = bb.Engine(bb.load("knee")); space = engine.space
person = patients(engine, 1)[0]
"""
JOBS = {
    "A": "for roots in (True, False): [engine.posterior(p) for p in patients(engine, 80, roots)]",
    "B": "for roots in (1, 0): [engine.next_findings(p) for p in patients(engine, 5, roots)]",
    "D": "engine.credible_intervals(person, 1000, rng=np.random.default_rng(0))",
    "E": """
from benchmarks.information import test_of
test_of(engine, person, 20)""",
    "C, 1,000 patients": "COUNT = 1000",
    "C, 10,000 patients": "COUNT = 10_000",
}
BATCH = """
from bme_bayes.batch import batch_chunks
parts = (cohort(engine.network, 500, seed) for seed in range(COUNT // 500))
for part in batch_chunks(space, parts): pass
"""


def memory() -> list[tuple[str, str]]:
    """Megabytes at most resident on the knee."""
    return [
        (job, f"{peak_memory(START + code + (BATCH if job[0] == 'C' else '')):,.0f}")
        for job, code in JOBS.items()
    ]


def imports() -> tuple[float, float]:
    """Seconds to import bme_bayes and pandas, without Python's own start."""
    bare = python_seconds("pass")
    return python_seconds("import bme_bayes") - bare, python_seconds("import pandas") - bare
