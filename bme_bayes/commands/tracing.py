"""`trace`: what a number rests on."""

from __future__ import annotations

import argparse

from bme_bayes.commands import DEFAULT_SETTING, Answer
from bme_bayes.commands.tables import model_versions, paragraph
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.network import REGIONS
from bme_bayes.questions.trace import Traced, TracedClaim, trace
from bme_bayes.reading import load
from bme_bayes.sources import Source


def traced_numbers(args: argparse.Namespace) -> Answer:
    """Every number that the arguments name, with its claims and sources."""
    name, _, state = args.name.partition("=")
    setting = args.setting or DEFAULT_SETTING
    found: list[Traced] = []
    used: dict[str, str] = {}
    missing: UnknownName | None = None
    for region in [args.region] if args.region else REGIONS.values():
        try:
            network = load(region, setting)
            found += trace(network, name, state, args.cause or "")
            used[region] = network.version
        except UnknownName as error:
            if args.region:
                raise
            if missing is None or missing.kind == "variable":  # a region knows more of the name
                missing = error
    if not found:
        raise missing or InputError(
            f"the model has no number for {args.name} {args.cause or ''}".rstrip()
        )
    shown: set[str] = set()
    text = "\n\n".join([*(_text(t, shown) for t in found), f"{model_versions(used)}."])
    data = {"model_versions": used, "numbers": [_data(t) for t in found]}
    return Answer(data, text)


def _data(traced: Traced) -> dict[str, object]:
    n = traced.number
    return {
        "region": traced.region,
        "words": traced.words,
        "quantity": n.quantity,
        "child": n.child,
        "state": n.state,
        "cause": n.cause,
        "value": n.value,
        "low": n.low,
        "high": n.high,
        "n": n.n,
        "basis": n.basis,
        "note": n.note,
        "claims": [_claim_data(c) for c in traced.claims],
        "sources": [_source_data(s) for s in traced.others],
    }


def _claim_data(traced: TracedClaim) -> dict[str, object]:
    c = traced.claim
    return {
        "id": c.id,
        "statistic": c.statistic,
        "value": c.value,
        "low": c.low,
        "high": c.high,
        "n": c.n,
        "population": c.population,
        "locator": c.locator,
        "note": c.note,
        "weight": traced.weight,
        "reason": traced.reason,
        "source": _source_data(traced.source) if traced.source else {"id": c.source},
    }


def _source_data(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "kind": source.kind,
        "reference": source.reference,
        "doi": source.doi,
        "pmid": source.pmid,
        "design": source.design,
    }


def _text(traced: Traced, shown: set[str]) -> str:
    """A number with its claims; those in `shown` were printed above and are only named."""
    n = traced.number
    lines = [
        paragraph(f"{traced.words} ({traced.region})"),
        f"  {n.value:.4g}  (95 %: {n.low:.3g} to {n.high:.3g}; weight {n.n:g}; {n.basis})",
    ]
    if n.note:
        lines.append(paragraph(n.note, "  "))
    lines += [_claim_text(c) for c in traced.claims if c.claim.id not in shown]
    again = [c.claim.id for c in traced.claims if c.claim.id in shown]
    if again:
        lines.append(f"  - as above: {', '.join(again)}")
    shown.update(c.claim.id for c in traced.claims)
    lines += [paragraph(f"also: {s.reference} [{s.id}]", "  ") for s in traced.others]
    return "\n".join(lines)


def _claim_text(traced: TracedClaim) -> str:
    c = traced.claim
    bounds = f" ({c.low} to {c.high})" if c.low and c.high else ""
    n = f", n = {c.n}" if c.n else ""
    lines = [
        paragraph(f"- {c.id}: {c.statistic} {c.value}{bounds}{n}; {c.population}", "  "),
        paragraph(f"{traced.source.reference if traced.source else c.source}; {c.locator}", "    "),
    ]
    if traced.reason:
        lines.append(paragraph(f"counts for {traced.weight} patients: {traced.reason}", "    "))
    return "\n".join(lines)
