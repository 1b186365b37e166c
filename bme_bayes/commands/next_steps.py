"""`next`: what to look for in one patient."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from bme_bayes.commands import Answer, stamp, stamp_text
from bme_bayes.commands.patient import open_case
from bme_bayes.commands.tables import of_hundred, percent, table
from bme_bayes.network import Network
from bme_bayes.questions.battery import awaiting_mri, possible_tests
from bme_bayes.questions.bundles import BundlePanel, bundle_values
from bme_bayes.questions.paths import ShortestPath
from bme_bayes.questions.value import FindingValue, NextFindings
from bme_bayes.questions.words import short

NEXT_SHOWN = 10
TOLERANCE = 0.03
"""Standard error in bits to which the information of a whole test is worked out."""


def next_findings(args: argparse.Namespace) -> Answer:
    """Which findings not yet known would change the picture most; before the MRI, none of it."""
    case, engine = open_case(args)
    found = engine.next_findings(case.findings, args.target, threshold=args.threshold)
    waiting = awaiting_mri(engine.network, case.findings)
    listed = [f for f in found.findings if f.id not in waiting][: args.top]
    belief = engine.belief(case.findings)
    tests = bundle_values(
        engine.space,
        belief,
        possible_tests(engine.network, case.findings),
        args.target,
        rng=np.random.default_rng(args.seed),
        tolerance=TOLERANCE,
    )
    text = _next_text(engine.network, found, listed[: args.top or NEXT_SHOWN], tests)
    data = {**stamp(engine.network), **_next_data(found, listed, tests)}
    if args.exclude:
        path = engine.shortest_path(case.findings, args.exclude, args.below)
        data["path"] = _path_data(path)
        text += f"\n\n{_path_text(engine.network, path)}"
    return Answer(data, text)


def _next_data(
    found: NextFindings, listed: Sequence[FindingValue], tests: BundlePanel
) -> dict[str, object]:
    return {
        "target": found.target,
        "leader": found.leader,
        "threshold": found.threshold,
        "findings": [
            {
                "id": f.id,
                "label": f.label,
                "bits": f.bits,
                "results": {
                    state: {"probability": r.probability, "diagnoses": dict(r.diagnoses)}
                    for state, r in f.results.items()
                },
                "changes_lead": f.changes_lead,
                "crosses": list(f.crosses),
            }
            for f in listed
        ],
        "tests": [
            {
                "id": t.id,
                "label": t.label,
                "bits": t.bits,
                "standard_error": t.standard_error,
                "burden": t.burden,
                "changes_lead": t.changes_lead,
                "findings": list(t.findings),
            }
            for t in tests.tests
        ],
    }


def _path_data(path: ShortestPath) -> dict[str, object]:
    return {
        "diagnosis": path.diagnosis,
        "below": path.below,
        "present": path.present,
        "steps": [
            {
                "findings": list(s.findings),
                "likely": s.likely,
                "results": dict(s.results),
                "probability": s.probability,
                "present": s.present,
            }
            for s in path.steps
        ],
    }


def _path_text(network: Network, path: ShortestPath) -> str:
    label = short(network.variable(path.diagnosis).label)
    head = f"To exclude {label} (under {percent(path.below)}), now present in"
    told = f"{head} {percent(path.present)}:"
    if not path.steps:
        done = path.present < path.below
        return f"{told} {'it is there already' if done else 'nothing is left to ask'}."
    rows = [
        (
            str(len(s.findings)),
            ", ".join(f"{n}={r}" for n, r in s.results.items()) or ", ".join(s.findings),
            of_hundred(s.likely),
            "-" if s.present is None else percent(s.present),
        )
        for s in path.steps
    ]
    columns = ("Findings", "Which, with these results", "Enough in", "Then present")
    return f"{told}\n\n{table(rows, columns, (0,))}"


def _next_text(
    network: Network, found: NextFindings, listed: Sequence[FindingValue], tests: BundlePanel
) -> str:
    rows = []
    for f in listed:
        for i, (state, result) in enumerate(f.results.items()):
            leader = result.leader
            rows.append(
                (
                    f"{short(f.label)}  [{f.id}]" if i == 0 else "",
                    f"{f.bits:.3f}" if i == 0 else "",
                    network.variable(f.id).state_label(state),
                    of_hundred(result.probability),
                    f"{leader} {percent(result.diagnoses[leader])}"
                    + ("" if leader == found.leader else "  (new leader)"),
                )
            )
    head = ("Finding not yet known", "Bits", "Result", "Expected in", "Then leads")
    whole = [
        (f"{t.label}  [{t.id}]", f"{t.bits:.2f}", t.words, of_hundred(t.changes_lead))
        for t in tests.tests
    ]
    return "\n\n".join(
        [
            stamp_text(network),
            f"Target: {found.target}; leading now: {found.leader}",
            table(rows, head, (1,)),
            table(whole, ("Whole test", "Bits", "Burden", "Changes the lead in"), (1,)),
            "Bits: how much the result is expected to tell about the target.",
        ]
    )
