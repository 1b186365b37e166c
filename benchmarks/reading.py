"""How reports are read, chosen on some of the published cases and scored on the others.

    python benchmarks/reading.py

The two numbers of `case_reports` on silence and on stated absences are taken from a grid, best
by log-loss on all cases but those of one diagnosis (or one region), and scored on these. So a
gain that is only memory of the cases does not show.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import bme_bayes as bb
from bme_bayes.cases import Case, read_cases

CASES = Path(__file__).resolve().parents[1] / "networks" / "cases" / "published_cases.jsonl"
STATED = (0.0, 0.5, 1.0, 2.0, 4.0)
SILENT = (1.0, 0.9, 0.8, 0.7)


def losses(cases: list[Case], stated: float, silent: float) -> NDArray[np.float64]:
    """(cases,) log-loss of the main cause under one reading."""
    engines: dict[str, bb.Engine] = {}
    out = []
    for case in cases:
        if case.region not in engines:
            network = bb.load(case.region, "case_reports")
            assert network.prior is not None
            prior = replace(network.prior, stated_absence=stated, unmentioned_signs=silent)
            engines[case.region] = bb.Engine(network.with_prior(prior))
        found = engines[case.region].posterior(case.findings).diagnoses
        total = sum(d.main_cause for d in found.values())
        out.append(-log(found[case.diagnosis].main_cause / total))
    return np.array(out)


def main() -> None:
    cases = read_cases(CASES)
    grid = list(product(STATED, SILENT))
    table = np.stack([losses(cases, *reading) for reading in grid])
    print("| stated absence | unmentioned sign | log-loss |\n| ---: | ---: | ---: |")
    for (stated, silent), row in zip(grid, table, strict=True):
        print(f"| {stated:g} | {silent:g} | {row.mean():.3f} |")
    print("\n| left out | taken as they stand | as chosen on the others |\n| --- | ---: | ---: |")
    plain = table[grid.index((0.0, 1.0))]
    for label in ("diagnosis", "region"):
        of = np.array([getattr(c, label) for c in cases])
        chosen = np.empty(len(cases))
        for group in np.unique(of):
            held = of == group
            chosen[held] = table[table[:, ~held].mean(axis=1).argmin(), held]
        print(f"| one {label} at a time | {plain.mean():.3f} | {chosen.mean():.3f} |")


if __name__ == "__main__":
    main()
