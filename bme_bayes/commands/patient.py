"""`posterior`: what one patient has."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np

from bme_bayes.cases import Case, read_case
from bme_bayes.commands import DEFAULT_SETTING, Answer, stamp_text
from bme_bayes.commands.tables import of_hundred, paragraph, percent, table
from bme_bayes.engine import Engine
from bme_bayes.network import Network
from bme_bayes.posterior import Posterior
from bme_bayes.questions.red_flags import (
    Criterion,
    LabelWarning,
    RedFlag,
    label_warnings,
    programme_criteria,
    red_flags,
)
from bme_bayes.questions.targets import DANGEROUS
from bme_bayes.questions.uncertainty import credible_intervals
from bme_bayes.questions.words import NO_RED_FLAG, in_sentence, short
from bme_bayes.reading import load

SHOWN = 0.005
"""Diagnoses below this in both columns are only counted in the text."""
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
    criteria = programme_criteria(engine.network, case.findings, found)
    told = [{"id": c.id, "text": c.text, "source": c.source, "met": c.met} for c in criteria]
    return Answer(
        {**_posterior_data(found, ranges, flags, warnings), "programme": told},
        _posterior_text(engine.network, found, ranges, flags, warnings, criteria),
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
    criteria: tuple[Criterion, ...],
) -> str:
    parts = [stamp_text(network)]
    said = [f"RED FLAG: {f.text} [{f.source}]" for f in flags] or [NO_RED_FLAG]
    parts.append("\n".join(map(paragraph, said)))
    shown = [d for d, p in found.diagnoses.items() if max(p.main_cause, p.present) >= SHOWN]
    rows = [row for name in shown for row in _rows(network, found, ranges, name)]
    parts.append(table(rows, HEAD, (1, 2)))
    if len(shown) < len(found.diagnoses):
        parts.append(
            paragraph(_others(found, ranges, [d for d in found.diagnoses if d not in shown]))
        )
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
    met = [c.text for c in criteria if c.met]
    if met:
        parts.append(f"A structured programme: {len(met)} of {len(criteria)} criteria are met.")
        parts.append("\n".join(paragraph(f"- {text}") for text in met))
    parts.append("For teaching and research; not a device for decisions on patients.")
    return "\n\n".join(parts)


def _others(found: Posterior, ranges: Ranges, hidden: Sequence[str]) -> str:
    """How many are not shown; those that must not be missed by name."""
    count = "1 other is" if len(hidden) == 1 else f"{len(hidden)} others are"
    dangers = [
        f"{in_sentence(short(found.labels[d]))} ({percent(found.diagnoses[d].present)}, "
        f"95 % up to {percent(ranges[d][1])})"
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
