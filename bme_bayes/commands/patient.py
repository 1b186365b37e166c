"""`posterior` and `next`: what one patient has, and what to look for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from bme_bayes.cases import Case, read_case
from bme_bayes.commands import DEFAULT_SETTING, Answer, stamp, stamp_text
from bme_bayes.commands.tables import of_hundred, paragraph, percent, table
from bme_bayes.engine import Engine
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.battery import awaiting_mri, possible_tests
from bme_bayes.questions.bundles import BundlePanel, bundle_values
from bme_bayes.questions.red_flags import LabelWarning, RedFlag, label_warnings, red_flags
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.uncertainty import credible_intervals
from bme_bayes.questions.value import FindingValue, NextFindings
from bme_bayes.questions.words import NO_RED_FLAG, in_sentence, short
from bme_bayes.reading import load

SHOWN = 0.005
"""Diagnoses below this in both columns are only counted in the text."""
NEXT_SHOWN = 10
TOLERANCE = 0.03
"""Standard error in bits to which the information of a whole test is worked out."""

HEAD = ("Diagnosis", "Main cause", "Present", "95 %", "Main cause in")
Ranges = dict[str, tuple[float, float]]


def open_case(args: argparse.Namespace) -> tuple[Case, Engine]:
    """The case that the arguments name, and the engine for it."""
    case = read_case(args.case, args.case_id)
    setting = args.setting or case.setting or DEFAULT_SETTING
    return case, Engine(load(case.region, setting))


def posterior(args: argparse.Namespace) -> Answer:
    """The probability of every diagnosis, with red flags first."""
    case, engine = open_case(args)
    found = engine.posterior(case.findings)
    ranges = _ranges(engine, case, found, args.draws, args.seed)
    flags = red_flags(engine.network, case.findings)
    warnings = label_warnings(engine.network, case.findings, found)
    return Answer(
        _posterior_data(found, ranges, flags, warnings),
        _posterior_text(engine.network, found, ranges, flags, warnings),
    )


def _ranges(engine: Engine, case: Case, found: Posterior, draws: int, seed: int) -> Ranges:
    """Credible interval of the presence of each diagnosis; widened to hold the value itself."""
    belief = engine.belief(case.findings)
    sure = credible_intervals(engine.space, belief, draws, rng=np.random.default_rng(seed))
    out: Ranges = {}
    for name, d in found.diagnoses.items():
        present = sure.diagnoses[name].present
        out[name] = (min(present.low, d.present), min(max(present.high, d.present), 1.0))
    return out


def _posterior_data(
    found: Posterior,
    ranges: Ranges,
    flags: tuple[RedFlag, ...],
    warnings: tuple[LabelWarning, ...],
) -> dict[str, object]:
    diagnoses = {
        name: {
            "main_cause": d.main_cause,
            "present": d.present,
            "low": ranges[name][0],
            "high": ranges[name][1],
            "states": dict(d.states),
            "kinds": dict(d.kinds),
        }
        for name, d in found.diagnoses.items()
    }
    return {
        "region": found.region,
        "setting": found.setting,
        "model_version": found.model_version,
        "diagnoses": diagnoses,
        "explanations": [
            {"diagnoses": list(e.diagnoses), "probability": e.probability}
            for e in found.explanations
        ],
        "primary": found.primary,
        "unexplained": found.unexplained,
        "red_flags": [
            {"id": f.id, "text": f.text, "source": f.source, "urgency": f.urgency} for f in flags
        ],
        "label_warnings": [{"id": w.id, "text": w.text, "source": w.source} for w in warnings],
        "log_evidence": found.log_evidence,
    }


def _posterior_text(
    network: Network,
    found: Posterior,
    ranges: Ranges,
    flags: tuple[RedFlag, ...],
    warnings: tuple[LabelWarning, ...],
) -> str:
    parts = [stamp_text(network)]
    said = [f"RED FLAG: {f.text} [{f.source}]" for f in flags] or [NO_RED_FLAG]
    parts.append("\n".join(map(paragraph, said)))
    shown = [d for d, p in found.diagnoses.items() if max(p.main_cause, p.present) >= SHOWN]
    rows = [row for name in shown for row in _rows(network, found, ranges, name)]
    parts.append(table(rows, HEAD, (1, 2)))
    if len(shown) < len(found.diagnoses):
        parts.append(paragraph(_others(found, [d for d in found.diagnoses if d not in shown])))
    sets = [
        (percent(e.probability), " + ".join(e.diagnoses) or "none of these")
        for e in found.explanations[:5]
    ]
    parts.append(table(sets, ("", "Most probable whole explanations"), (0,)))
    parts.append(
        f"Primary edema (the syndrome itself): {of_hundred(found.primary)} patients like this."
    )
    if warnings:
        parts.append('The label "syndrome" does not fit:')
        parts.append("\n".join(paragraph(f"- {w.text} [{w.source}]") for w in warnings))
    parts.append("For teaching and research; not a device for decisions on patients.")
    return "\n\n".join(parts)


def _others(found: Posterior, hidden: Sequence[str]) -> str:
    """How many are not shown; those that must not be missed by name."""
    count = "1 other is" if len(hidden) == 1 else f"{len(hidden)} others are"
    dangers = [
        f"{in_sentence(short(found.labels[d]))} ({percent(found.diagnoses[d].present)})"
        for d in hidden
        if d in DANGEROUS
    ]
    named = f" Not to be missed among them: {'; '.join(dangers)}." if dangers else ""
    return f"{count} below {percent(SHOWN)}.{named}"


def _rows(network: Network, found: Posterior, ranges: Ranges, name: str) -> list[tuple[str, ...]]:
    """One row for the diagnosis and one for each of its states, where it has several."""
    d = found.diagnoses[name]
    low, high = ranges[name]
    interval = f"{percent(low)} to {percent(high)}"
    label = f"{short(found.labels[name])}  [{name}]"
    values = (percent(d.main_cause), percent(d.present), interval, of_hundred(d.main_cause))
    rows: list[tuple[str, ...]] = [(label, *values)]
    variable = network.variable(name)
    if len(d.states) > 1:
        rows += [
            (f"    {variable.state_label(s)}", "", percent(p), "", "") for s, p in d.states.items()
        ]
    return rows


def next_findings(args: argparse.Namespace) -> Answer:
    """Which findings not yet known would change the picture most; before the MRI, none of it."""
    case, engine = open_case(args)
    found = engine.next_findings(case.findings, target=args.target)
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
    return Answer({**stamp(engine.network), **_next_data(found, listed, tests)}, text)


def _next_data(
    found: NextFindings, listed: Sequence[FindingValue], tests: BundlePanel
) -> dict[str, object]:
    return {
        "target": found.target,
        "leader": found.leader,
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
