"""`learn` and `structure`: numbers from one's own patients, and whether the structure fits them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bme_bayes.commands import DEFAULT_SETTING, Answer, stamp, stamp_text
from bme_bayes.commands.tables import paragraph, percent, table
from bme_bayes.engine import Engine
from bme_bayes.errors import InputError, UnknownName
from bme_bayes.network import Network
from bme_bayes.reading import load
from bme_bayes.writing import check_writable, save_prior

if TYPE_CHECKING:
    import pandas as pd

    from bme_bayes.learning import Learned, LearnedLinks

SHOWN = 10
MAIN = "main_cause"
Rows = list[dict[str, object]]


def learn(args: argparse.Namespace) -> Answer:
    """A setting of one's own: links and base rates from a table of patients."""
    from bme_bayes.learning import learn_base_rates, learn_links, update_base_rates

    out = Path(args.out)
    if out.suffix not in (".yaml", ".yml"):
        raise InputError(f"{out}: a setting goes to a .yaml file")
    check_writable(out)
    network = load(args.region, args.setting or DEFAULT_SETTING)
    findings, diagnoses = read_patients(args.cohort, network)
    engine, name = Engine(network), args.name or out.stem
    links: LearnedLinks | None = None
    rates: Learned | None = None
    if diagnoses is None:
        rates = learn_base_rates(engine, findings, name=name)
    else:
        links = learn_links(engine, findings, diagnoses, name=name)
        if args.base_rates:
            rates = update_base_rates(Engine(links.apply()), diagnoses, name)
    prior = rates.prior if rates else links.prior  # type: ignore[union-attr]
    save_prior(prior, out)
    data = {
        **stamp(network),
        "patients": len(findings),
        "out": str(out),
        "provenance": prior.provenance,
        "links": _records(links.to_frame()) if links else [],
        "links_changed": links.changed if links else 0,
        "base_rates": _records(rates.to_frame()) if rates else [],
        "warnings": list(rates.warnings) if rates else [],
    }
    return Answer(data, "\n\n".join(_learned_words(network, links, rates, out)))


def _learned_words(
    network: Network, links: LearnedLinks | None, rates: Learned | None, out: Path
) -> Iterator[str]:
    yield stamp_text(network)
    if links:
        yield paragraph(
            f"{links.changed} links updated from {links.patients} patients with known diagnoses "
            f"({links.rounds} rounds). Those that moved furthest:"
        )
        yield _shown(links.to_frame().head(SHOWN), ("finding", "result", "diagnosis", "state"))
    if rates:
        yield paragraph(f"Base rates, {rates.method}, {rates.patients} patients:")
        yield _shown(rates.to_frame(), ("diagnosis", "state"))
        yield from (paragraph(f"! {w}") for w in rates.warnings)
    yield paragraph(f"Saved as {out}; use it with --setting {out}.")


def _shown(frame: pd.DataFrame, index: tuple[str, ...]) -> str:
    rows = [
        [
            *(str(row[i]) for i in index),
            *(
                f"{percent(row[when])} ({percent(row[f'{when}_low'])} to "
                f"{percent(row[f'{when}_high'])})"
                for when in ("before", "after")
            ),
        ]
        for row in frame.reset_index().to_dict("records")
    ]
    head = [*index, "before", "after"]
    return table(rows, head, right=(len(index), len(index) + 1))


def structure(args: argparse.Namespace) -> Answer:
    """Pairs of findings that come together more often than the model explains."""
    from bme_bayes.learning import check_structure

    network = load(args.region, args.setting or DEFAULT_SETTING)
    findings, diagnoses = read_patients(args.cohort, network)
    found = check_structure(Engine(network), findings, diagnoses, least=args.least)
    rows = found.to_frame().reset_index()
    shown = [
        [
            row["first"],
            row["second"],
            f"{row['together']} of {row['patients']}",
            f"{row['expected']:.1f}",
            f"{row['z']:+.1f}",
            f"{row['q']:.2g}",
            row["shared"],
        ]
        for row in rows.head(SHOWN).to_dict("records")
    ]
    head = ["first", "second", "together", "expected", "z", "q", "shared process"]
    words = [stamp_text(network), *map(paragraph, found.words()), table(shown, head, (2, 3, 4, 5))]
    data = {
        **stamp(network),
        "patients": found.patients,
        "doubled": [list(pair) for pair in found.doubled.index],
        "apart": [list(pair) for pair in found.apart.index],
        "pairs": _records(found.to_frame()),
    }
    return Answer(data, "\n\n".join(words))


def read_patients(path: str, network: Network) -> tuple[Rows, Rows | None]:
    """Findings and diagnoses of the patients of a table; None where it has no diagnoses.

    Columns: findings, `age`, `main_cause` or `diagnosis`, a column a diagnosis, `region` (rows
    of others are passed over) and an id. Raises `UnknownName` for others.
    """
    from bme_bayes.cohort.coding import as_findings
    from bme_bayes.cohort.plan import IDS, observable_columns
    from bme_bayes.cohort.tables import open_table

    labels = {MAIN: MAIN, "diagnosis": MAIN} | {d.id: d.id for d in network.diagnoses}
    known = {*observable_columns([network]), *labels, *IDS, "region"}
    findings: Rows = []
    diagnoses: Rows = []
    with open_table(Path(path)) as opened:
        for column in opened.columns:
            if column not in known:
                raise UnknownName("column", column, known, f"in {path}")
        for chunk, _ in opened.chunks:
            for number, fault in chunk.faults:
                raise InputError(f"{path}, row {number}: {fault}")
            for place in range(len(chunk.numbers)):
                row = {c: cells[place] for c, cells in chunk.cells.items()}
                if row.get("region", network.region) in (network.region, ""):
                    told = {c: v for c, v in row.items() if c not in (*labels, *IDS, "region")}
                    findings.append(as_findings(told))
                    diagnoses.append(_labels(row, labels))
    if not findings:
        raise InputError(f"{path} has no patients of the region {network.region}")
    return findings, diagnoses if any(c in labels for c in opened.columns) else None


def _labels(row: Mapping[str, object], labels: Mapping[str, str]) -> dict[str, object]:
    return {labels[c]: v for c, v in row.items() if c in labels and v != ""}


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    rows = frame.reset_index().to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in rows]
