"""Writes `links.csv` and the prior files from the evidence."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from pathlib import Path

from bme_bayes.errors import UnknownName
from bme_bayes.numbers.adjust import BY_HAND, adjusted
from bme_bayes.numbers.ages import ages
from bme_bayes.numbers.build import COLUMNS, Builder
from bme_bayes.numbers.cells import Cells
from bme_bayes.numbers.evidence import Row, read_evidence, rows
from bme_bayes.numbers.mechanisms import edema, processes
from bme_bayes.numbers.people import people
from bme_bayes.numbers.pool import interval
from bme_bayes.numbers.readings import read_readings
from bme_bayes.numbers.review import read_review, reviewed
from bme_bayes.numbers.risks import odds_ratios
from bme_bayes.numbers.settings import REPORTS, SETTINGS, prior_document
from bme_bayes.numbers.shares import settled
from bme_bayes.numbers.vignettes import fit, read_shifts, shifts_text
from bme_bayes.writing import prior_text, save_text

BY_HAND_N = 5.0


def links_text(networks: Path, *, adjust: bool = True) -> str:
    """The whole of links.csv as it follows from the evidence.

    Without `adjust` the whole-case judgements are left out, as `vignettes.fit` needs it, and the
    review of what they led to.
    """
    evidence = read_evidence(networks)
    cells = Cells(evidence)
    numbers = [
        *Builder(cells).frequencies(),
        *odds_ratios(cells),
        *ages(cells),
        *people(cells),
        *edema(evidence),
        *processes(cells),
    ]
    numbers = judged_by_hand(numbers, networks / "elicitation" / "judgements.csv")
    if adjust:
        states = {v["id"]: v["states"].split("|") for v in evidence.variables}
        numbers = adjusted(
            numbers, read_shifts(networks / "elicitation" / "adjustments.csv"), states
        )
        numbers = reviewed(numbers, read_review(networks / "elicitation"))
    numbers = settled(networks, numbers, prior_texts(networks, adjust=adjust))
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(merge_regions(numbers))
    return out.getvalue()


def judged_by_hand(numbers: list[Row], path: Path) -> list[Row]:
    """Single judgements with a reason replace what was pooled; one must name a known number."""
    kinds: dict[str, str] = {}
    for row in numbers:
        kinds[row["cause"]] = "".join(dict.fromkeys(kinds.get(row["cause"], "") + row["regions"]))
    for hand in rows(path):
        key = tuple(hand[k] for k in ("quantity", "child", "state", "cause"))
        for column in ("quantity", "child", "cause"):
            known = {row[column] for row in numbers}
            if hand[column] not in known:
                raise UnknownName(column, hand[column], known, f"in {path.name}")
        numbers = [
            n
            for n in numbers
            if tuple(n[k] for k in ("quantity", "child", "state", "cause")) != key
        ]
        value = float(hand["value"])
        ratio = hand["quantity"] == "odds_ratio"
        low, high = (value / 2.5, value * 2.5) if ratio else interval(value, BY_HAND_N)
        numbers.append(
            {
                **dict(zip(("quantity", "child", "state", "cause"), key, strict=True)),
                "regions": kinds[hand["cause"]],
                "value": f"{value:.4g}",
                "low": f"{low:.4g}",
                "high": f"{high:.4g}",
                "n": f"{BY_HAND_N:g}",
                "basis": "elicited",
                "sources": "",
                "claims": "",
                "note": BY_HAND + hand["reason"],
            }
        )
    return numbers


def merge_regions(numbers: list[Row]) -> list[Row]:
    """Rows that differ in nothing but the region become one row."""
    merged: dict[tuple[str, ...], Row] = {}
    for row in numbers:
        key = tuple(v for k, v in row.items() if k != "regions")
        if key in merged:
            merged[key]["regions"] += row["regions"]
        else:
            merged[key] = dict(row)
    return list(merged.values())


def prior_texts(networks: Path, *, adjust: bool = True) -> dict[str, str]:
    """The prior files, by name."""
    evidence = read_evidence(networks)
    shifts = read_shifts(networks / "elicitation" / "adjustments.csv") if adjust else {}
    return {
        f"{s.name}.yaml": prior_text(prior_document(evidence, s, shifts))
        for s in (*SETTINGS, REPORTS)
    }


def write_numbers(networks: Path, priors: Path) -> None:
    """Write links.csv and all prior files."""
    texts = {networks / "links.csv": links_text(networks)}
    texts |= {priors / name: text for name, text in prior_texts(networks).items()}
    for path, text in texts.items():
        save_text(path, text)


def refit(networks: Path) -> int:
    """Fit the whole-case judgements anew and write `adjustments.csv`; how many numbers moved.

    The pooled numbers without them are written to a temporary folder and fitted there.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(
            networks,
            folder / "networks",
            ignore=shutil.ignore_patterns("starts.csv", "elicitation"),
        )
        (folder / "priors").mkdir()
        (folder / "networks" / "links.csv").write_text(
            links_text(networks, adjust=False), encoding="utf-8"
        )
        for file, text in prior_texts(networks, adjust=False).items():
            (folder / "priors" / file).write_text(text, encoding="utf-8")
        shifts = fit(folder, read_readings(networks / "elicitation" / "vignettes"))
    save_text(networks / "elicitation" / "adjustments.csv", shifts_text(shifts))
    return len(shifts)
