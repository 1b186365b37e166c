"""`report`: one patient's answer as a file to keep or to print."""

from __future__ import annotations

import argparse

from bme_bayes.commands import Answer
from bme_bayes.commands.patient import open_case
from bme_bayes.commands.tables import of_hundred, paragraph
from bme_bayes.questions.words import short
from bme_bayes.report import build_report, write_report


def report(args: argparse.Namespace) -> Answer:
    """A report of one case as HTML or JSON."""
    case, engine = open_case(args)
    made = build_report(engine, case.findings, draws=args.draws, seed=args.seed)
    out = write_report(made, args.out)
    first = made.differential[0]
    data = {
        "out": str(out),
        "date": made.date,
        "region": made.region,
        "setting": made.setting,
        "model_version": made.model_version,
        "leader": made.leader,
        "red_flags": [f.id for f in made.red_flags],
    }
    flags = f" {len(made.red_flags)} red flags." if made.red_flags else ""
    text = (
        f"Wrote {out}. {short(first.label)} is the main cause in "
        f"{of_hundred(first.main_cause.value)} patients like this.{flags}"
    )
    return Answer(data, paragraph(text))
