"""`fhir`, `fhir-import` and `card`: cases from and to clinical systems."""

from __future__ import annotations

import argparse
import json
from datetime import date

import yaml

from bme_bayes.commands import DEFAULT_SETTING, Answer
from bme_bayes.commands.patient import open_case
from bme_bayes.errors import InputError
from bme_bayes.reading import load


def fhir(args: argparse.Namespace) -> Answer:
    """The answer to a case as a FHIR RiskAssessment."""
    from bme_bayes.exchange import risk_assessment

    case, engine = open_case(args)
    made = risk_assessment(
        engine, case.findings, measure=args.measure, subject=args.subject or "", seed=args.seed
    )
    return _document(made)


def card(args: argparse.Namespace) -> Answer:
    """The answer to a case as the response of a CDS Hooks service."""
    from bme_bayes.exchange import card as made

    case, engine = open_case(args)
    return _document({"cards": [made(engine, case.findings, seed=args.seed)]})


def _document(data: dict[str, object]) -> Answer:
    return Answer(data, json.dumps(data, ensure_ascii=False, indent=2))


def fhir_import(args: argparse.Namespace) -> Answer:
    """A case from FHIR; what was left out follows as comments."""
    from bme_bayes.exchange import read_fhir, read_mapping

    setting = args.setting or DEFAULT_SETTING
    network = load(args.region, setting)
    mapping = read_mapping(args.mapping)
    found = read_fhir(args.bundle, network, mapping, _day(args.on))
    case = found.to_case() | ({"setting": setting} if args.setting else {})
    data = case | {
        "read": [
            {"place": r.place, "name": r.name, "finding": r.finding, "states": list(r.states)}
            for r in found.read
        ],
        "left_out": [
            {"place": n.place, "name": n.name, "reason": n.reason} for n in found.left_out
        ],
    }
    text = yaml.safe_dump(case, sort_keys=False, allow_unicode=True).rstrip()
    notes = [f"# left out: {n.place} ({n.name}): {n.reason}" for n in found.left_out]
    return Answer(data, "\n".join([text, *notes]))


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"--on {text}: not a day such as 2026-01-31") from None
