"""Settles the weights of the kinds, so that their judged shares are what the solved model gives.

A kind's share of its diagnosis is stated for the people of the reference setting. In the model
kinds compete for ages and risk factors with everything else that brings people there, so a weight
equal to the share gives another share: half as many metastases among the tumours, say. The weights
are therefore moved until, before any finding, the model of the reference setting has the shares.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bme_bayes.engine import Engine
from bme_bayes.network import REGIONS
from bme_bayes.numbers.evidence import Row
from bme_bayes.numbers.people import REFERENCE
from bme_bayes.reading import load

QUANTITY = "kind_share"
NEAR = 0.005
MOST_ROUNDS = 12
NOT_NEEDED = ("starts.csv", "elicitation", "cards", "cases")
Place = tuple[str, str, str]


def settled(networks: Path, numbers: list[Row], priors: Mapping[str, str]) -> list[Row]:
    """All rows, with the weights of the kinds moved; `priors` are the prior files by name."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(networks, folder / "networks", ignore=shutil.ignore_patterns(*NOT_NEEDED))
        (folder / "priors").mkdir()
        for file, text in priors.items():
            (folder / "priors" / file).write_text(text, encoding="utf-8")
        weights = {_place(r): float(r["value"]) for r in numbers if r["quantity"] == QUANTITY}
        for region in sorted({r for _, _, r in weights}):
            own = {p: w for p, w in weights.items() if p[2] == region}
            weights |= _settle(folder, numbers, own, region)
    return [_with_weight(r, weights) if r["quantity"] == QUANTITY else r for r in numbers]


def _place(row: Row) -> Place:
    return row["child"], row["state"], row["regions"]


def _settle(
    folder: Path, numbers: list[Row], weights: dict[Place, float], region: str
) -> dict[Place, float]:
    """The weights of one region, moved by stated over found share until they agree."""
    stated, grades = dict(weights), _grades(numbers)
    here = [r for r in numbers if region in r["regions"]]
    for _ in range(MOST_ROUNDS):
        rows = [_with_weight(r, weights) if r["quantity"] == QUANTITY else r for r in here]
        _write(folder / "networks" / "links.csv", rows)
        found = _found(folder, REGIONS[region], weights, grades)
        if max(abs(found[p] - stated[p]) for p in weights) < NEAR:
            break
        moved = {p: w * stated[p] / max(found[p], 1e-6) for p, w in weights.items()}
        weights = {
            p: w / sum(v for q, v in moved.items() if grades[q] == grades[p])
            for p, w in moved.items()
        }
    return weights


def _grades(numbers: list[Row]) -> dict[Place, tuple[str, str]]:
    """Diagnosis and public state of each kind that shares it with others."""
    return {_place(r): (r["child"], r["cause"]) for r in numbers if r["quantity"] == QUANTITY}


def _found(
    folder: Path,
    region: str,
    weights: Mapping[Place, float],
    grades: Mapping[Place, tuple[str, str]],
) -> dict[Place, float]:
    """The share of each kind in its diagnosis and public state, as the reference setting has it."""
    answer = Engine(load(region, REFERENCE, folder)).posterior({}).diagnoses
    present = {p: answer[p[0]].kinds[p[1]] for p in weights}
    return {
        p: v / sum(w for q, w in present.items() if grades[q] == grades[p])
        for p, v in present.items()
    }


def _with_weight(row: Row, weights: Mapping[Place, float]) -> Row:
    weight, stated = weights.get(_place(row)), float(row["value"])
    if weight is None or abs(weight - stated) < 1e-9:
        return row
    odds = weight / (1 - weight) / (stated / (1 - stated))
    bounds = {}
    for name in ("low", "high"):
        moved = float(row[name]) / (1 - float(row[name])) * odds
        bounds[name] = f"{moved / (1 + moved):.4g}"
    judged = f"judged share {stated:.3g}; to start from this gives it in the reference setting"
    note = f"{judged}; {row['note']}"
    return {**row, "value": f"{weight:.4g}", **bounds, "note": note}


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
