"""`explain`: why, and whether the findings fit together."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import numpy as np

from bme_bayes.commands import Answer, stamp, stamp_text
from bme_bayes.commands.figures import number_data
from bme_bayes.commands.patient import open_case
from bme_bayes.commands.tables import of_hundred, paragraph, table
from bme_bayes.network import Network
from bme_bayes.questions.conflict import Conflict
from bme_bayes.questions.explain import Weighing
from bme_bayes.questions.words import short


def explain(args: argparse.Namespace) -> Answer:
    """How much each finding speaks for or against a diagnosis, and whether they fit together."""
    case, engine = open_case(args)
    found = engine.explain(case.findings, args.diagnosis)
    fits = engine.conflict(case.findings, rng=np.random.default_rng(args.seed))
    sources = {s for w in found.findings for s in w.sources}
    data = {
        **stamp(engine.network),
        "diagnosis": found.diagnosis,
        "before": found.before,
        "after": found.after,
        "present": found.present,
        "findings": [
            {
                "id": w.id,
                "state": w.state,
                "weight": w.weight,
                "shapley": w.shapley,
                "standard_error": w.standard_error,
                "with_diagnosis": w.with_diagnosis,
                "without_diagnosis": w.without_diagnosis,
                "through": [{"id": t.id, "change": t.change} for t in w.through],
                "numbers": [number_data(n) for n in w.numbers],
                "sources": list(w.sources),
                "words": w.words,
            }
            for w in found.findings
        ],
        "sources": _references(engine.network, sources),
        "conflict": _conflict(fits),
    }
    return Answer(data, _explain_text(engine.network, found, fits))


def _conflict(fits: Conflict) -> dict[str, object]:
    return {
        "verdict": fits.verdict,
        "measure": fits.measure,
        "as_odd": fits.as_odd,
        "standard_error": fits.standard_error,
        "under": dict(fits.under),
        "findings": [
            {"id": f.id, "state": f.state, "given_others": f.given_others, "alone": f.alone}
            for f in fits.findings
        ],
        "unchecked": list(fits.unchecked),
    }


def _references(network: Network, keys: Iterable[str]) -> dict[str, str]:
    return {k: network.sources[k].reference for k in sorted(keys) if k in network.sources}


def _explain_text(network: Network, found: Weighing, fits: Conflict) -> str:
    rows = [
        (f"{short(w.label)}: {w.state}", f"{w.weight:+.2f}", f"{w.shapley:+.2f}",
         of_hundred(w.with_diagnosis), of_hundred(w.without_diagnosis), " ".join(w.sources[:3]))
        for w in found.findings
    ]  # fmt: skip
    head = ("Finding", "Weight", "Share", "With it", "Without it", "Sources")
    parts = [
        stamp_text(network),
        f"{short(found.label)}: present in {of_hundred(found.present)} patients like this "
        f"(log-odds {found.before:+.2f} before the findings, {found.after:+.2f} with them)",
        table(rows, head, (1, 2)),
        "Weight: log-odds that the finding adds to all others. Share: its part of the whole "
        "change, averaged over the orders of entry.",
        *(paragraph(w.words) for w in found.findings[:5]),
        f"Taken together, is this a usual patient? {fits.verdict.capitalize()}.",
    ]
    if fits.findings:
        least = fits.findings[0]
        parts.append(
            f"{of_hundred(fits.as_odd)} patients of this model have findings as odd. Least "
            f"expected: {short(least.label)}, {least.state} ({of_hundred(least.given_others)})."
        )
    listed = _references(network, {s for w in found.findings for s in w.sources[:3]})
    parts.append("\n".join(paragraph(f"[{k}] {v}") for k, v in listed.items()))
    return "\n\n".join(parts)
