"""`diff`: what another version of the model says of the same cases."""

from __future__ import annotations

import argparse
from pathlib import Path

from bme_bayes.cases import read_cases
from bme_bayes.commands import Answer
from bme_bayes.commands.tables import percent, table
from bme_bayes.evaluation.versions import CaseDifference, VersionDifference, compare_versions

SETTING = "case_reports"


def diff(args: argparse.Namespace) -> Answer:
    """Leaders and red flags that differ between two data folders, and by how much."""
    cases = read_cases(args.cases)
    found = compare_versions(Path(args.old), Path(args.new), cases, args.setting or SETTING)
    data = {
        "setting": found.setting,
        "model_versions": {r: {"old": a, "new": b} for r, (a, b) in found.versions.items()},
        "cases": len(found.cases),
        "leaders_changed": sum(c.leader_changed for c in found.cases),
        "right": {"old": found.right(0), "new": found.right(1)},
        "largest_change": max((abs(c.largest[1]) for c in found.cases), default=0.0),
        "changed": [_data(c) for c in found.changed],
    }
    return Answer(data, _text(found))


def _data(case: CaseDifference) -> dict[str, object]:
    return {
        "case_id": case.case_id,
        "region": case.region,
        "diagnosis": case.diagnosis,
        "leader": {"old": case.leaders[0], "new": case.leaders[1]},
        "red_flags": {"gained": list(case.gained), "lost": list(case.lost)},
        "main_cause": {d: {"old": a, "new": b} for d, (a, b) in case.main_cause.items()},
    }


def _text(found: VersionDifference) -> str:
    versions = [
        (region, old, new if new != old else "the same")
        for region, (old, new) in found.versions.items()
    ]
    leaders = sum(c.leader_changed for c in found.cases)
    flags = sum(bool(c.gained or c.lost) for c in found.cases)
    largest = max((abs(c.largest[1]) for c in found.cases), default=0.0)
    parts = [
        table(versions, ("Region", "Old version", "New version")),
        f"{len(found.cases)} cases, setting {found.setting}: the leader differs in {leaders}, red "
        f"flags in {flags}. The known diagnosis leads in {found.right(0)} (old) and "
        f"{found.right(1)} (new). The greatest change of a main cause is "
        f"{largest * 100:.2f} percentage points.",
    ]
    if found.changed:
        head = ("Case", "Known", "Led", "Now leads", "Its share was", "is", "Red flags")
        parts.append(table([_row(c) for c in found.changed], head, (4, 5)))
    return "\n\n".join(parts)


def _row(case: CaseDifference) -> tuple[str, ...]:
    old, new = case.leaders
    before, after = case.main_cause[new]
    flags = [f"+{f}" for f in case.gained] + [f"-{f}" for f in case.lost]
    return (
        case.case_id,
        case.diagnosis,
        old,
        new if new != old else "the same",
        "unknown" if before is None else percent(before),
        "unknown" if after is None else percent(after),
        " ".join(flags),
    )
