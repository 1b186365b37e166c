"""The published cases' posteriors as rows of `tests/regression/posteriors.csv`.

`make regression` writes the file anew; its `git diff` is then read before it is committed.
"""

from __future__ import annotations

import csv
from pathlib import Path

import bme_bayes as bb
from bme_bayes.cases import read_cases
from bme_bayes.questions.red_flags import red_flags
from bme_bayes.writing import atomic

TOP = Path(__file__).resolve().parents[1]
CASES = TOP / "networks" / "cases" / "published_cases.jsonl"
FILE = TOP / "tests" / "regression" / "posteriors.csv"
SETTINGS = ("case_reports", "general_orthopaedics")
COLUMNS = ("setting", "region", "case_id", "diagnosis", "main_cause", "present")
SHOWN = 0.005
"""Diagnoses below this in both columns have no row."""
RED_FLAGS = "red flags"

Key = tuple[str, ...]
Values = tuple[float, float]


def posteriors() -> dict[Key, Values]:
    """Main cause and presence by (setting, region, case, diagnosis), without a threshold."""
    engines: dict[tuple[str, str], bb.Engine] = {}
    found: dict[Key, Values] = {}
    for setting in SETTINGS:
        for case in sorted(read_cases(CASES), key=lambda c: (c.region, c.case_id)):
            place = (setting, case.region)
            if place not in engines:
                engines[place] = bb.Engine(bb.load(case.region, setting))
            for name, d in sorted(engines[place].posterior(case.findings).diagnoses.items()):
                found[(*place, case.case_id, name)] = (d.main_cause, d.present)
    return found


def flags() -> dict[str, str]:
    """The red flags of every case, which no setting changes."""
    networks = {r: bb.load(r) for r in ("hip", "knee", "ankle_foot", "spine")}
    return {
        c.case_id: " ".join(f.id for f in red_flags(networks[c.region], c.findings))
        for c in sorted(read_cases(CASES), key=lambda c: (c.region, c.case_id))
    }


def read() -> tuple[dict[Key, Values], dict[str, str]]:
    """The reviewed posteriors and red flags."""
    reviewed: dict[Key, Values] = {}
    fired: dict[str, str] = {}
    with FILE.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["setting"] == RED_FLAGS:
                fired[row["case_id"]] = row["diagnosis"]
            else:
                key = tuple(row[c] for c in COLUMNS[:4])
                reviewed[key] = (float(row["main_cause"]), float(row["present"]))
    return reviewed, fired


def write() -> None:
    """Write the file anew."""
    with atomic(FILE) as temporary, temporary.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((RED_FLAGS, "", case, fired, "", "") for case, fired in flags().items())
        for key, (main, present) in posteriors().items():
            if max(main, present) >= SHOWN:
                writer.writerow([*key, f"{main:.4f}", f"{present:.4f}"])


if __name__ == "__main__":
    write()
