"""A report as HTML (one file, no scripts, nothing fetched) and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bme_bayes.errors import InputError
from bme_bayes.questions.words import NO_RED_FLAG, in_sentence, of_100, percent, region_name, short
from bme_bayes.report import words
from bme_bayes.report.content import Report
from bme_bayes.writing import atomic

ENDINGS = (".html", ".json")
DETAILED = 3
LEAST = 0.01
"""A kind below this is not shown on paper; the JSON has all."""


def to_html(report: Report) -> str:
    """The report as one HTML file; every text from a case or a data file is escaped."""
    numbers = {key: i for i, key in enumerate(report.sources, start=1)}

    def places(keys: Iterable[str]) -> list[int]:
        return sorted({numbers[k] for k in keys if k in numbers})

    names = {d.id: short(d.label) for d in report.differential}
    return _template().render(
        report=report,
        places=places,
        names=names,
        told={name: in_sentence(label) for name, label in names.items()},
        detailed=[d for d in report.differential[:DETAILED] if d.kinds or d.stages],
        groups=list(dict.fromkeys(e.group for e in report.findings)),
        least=LEAST,
    )


def to_json(report: Report) -> str:
    """The report as JSON, as `report.schema.json` describes it."""
    return json.dumps(asdict(report), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def write_report(report: Report, out: str | Path) -> Path:
    """Write a report, whole or not at all, as its file's ending says. Raises `InputError`."""
    out = Path(out)
    if out.suffix.lower() not in ENDINGS:
        raise InputError(f"{out}: a report goes to a .html or a .json file")
    text = to_html(report) if out.suffix.lower() == ".html" else to_json(report)
    with atomic(out) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return out


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("bme_bayes.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(words=words, of_100=of_100, percent=percent)
    environment.globals.update(region_name=region_name, no_red_flag=NO_RED_FLAG)
    return environment.get_template("report.html.jinja")
