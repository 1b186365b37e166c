"""Reads what the numbers rest on: elicitation passes, claims, kinds and variables."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
PARENT_COLUMN = {
    ("bone_stress_injury", "stress_reaction"): "stress_reaction",
    ("bone_stress_injury", "stress_fracture"): "stress_fracture",
    ("avn", "early_arco_1_2"): "avn_early",
    ("avn", "late_arco_3_4"): "avn_late",
}
KIND_COLUMN = {"early_arco_1_2": "early", "late_arco_3_4": "late"}
REGION_NAMES = {"h": "hip", "k": "knee", "a": "ankle_foot", "s": "spine"}


def rows(path: Path) -> list[Row]:
    """All rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def parent_column(diagnosis: str, grade: str) -> str:
    """The panel's name for a diagnosis in a public state."""
    return PARENT_COLUMN.get((diagnosis, grade), diagnosis)


def alone(kind: Row) -> str:
    """The column of figures on one kind alone; empty where that is its diagnosis' or grade's."""
    whole = (kind["diagnosis"], parent_column(kind["diagnosis"], kind["grade"]))
    return "" if kind["id"] in whole else kind["id"]


@dataclass(frozen=True)
class Passes:
    """The passes of one kind: parsed files by pass."""

    folders: tuple[Path, ...]

    def table(self, name: str, keys: tuple[str, ...]) -> list[dict[tuple[str, ...], Row]]:
        """One file of every pass, indexed by the key columns."""
        return [
            {tuple(r[k] for k in keys): r for r in rows(f / f"{name}.csv")} for f in self.folders
        ]

    def values(
        self, name: str, keys: tuple[str, ...]
    ) -> Iterator[tuple[tuple[str, ...], str, list[float]]]:
        """(key, column, one value a pass) for all filled cells of a file."""
        tables = self.table(name, keys)
        for key in tables[0]:
            for column in tables[0][key]:
                if column in keys:
                    continue
                found = [t[key][column] for t in tables if key in t and t[key].get(column)]
                if found:
                    yield key, column, [float(v) for v in found]


@dataclass(frozen=True)
class Evidence:
    """All that the numbers are made from."""

    panel: Passes
    kind_passes: Passes
    variables: list[Row]
    kinds: list[Row]
    claims: dict[str, Row]
    uses: list[Row]

    def used(
        self, use: str, child: str, state: str, column: str, region: str
    ) -> list[tuple[str, float, float, float]]:
        """(claim, value, n, spectrum) of the claims used for one cell."""
        return [
            (u["claim_id"], float(u["value"]), float(u["n"]), float(u["spectrum"]))
            for u in self._by_cell.get((use, child, state, column), ())
            if region in u["regions"]
        ]

    @property
    def _by_cell(self) -> dict[tuple[str, str, str, str], list[Row]]:
        cached = self.__dict__.get("_cells")
        if cached is None:
            cached = defaultdict(list)
            for use in self.uses:
                cached[use["use"], use["child"], use["state"], use["column"]].append(use)
            object.__setattr__(self, "_cells", cached)
        return dict(cached)

    def sources_of(self, claims: tuple[str, ...]) -> tuple[str, ...]:
        """The sources behind some claims, without repeats."""
        return tuple(dict.fromkeys(self.claims[c]["source_id"] for c in claims))


def read_evidence(networks: Path) -> Evidence:
    """Read the evidence that is kept beside the networks."""
    folder = networks / "elicitation"
    return Evidence(
        panel=Passes(tuple(sorted(folder.glob("panel_p*")))),
        kind_passes=Passes(tuple(sorted(folder.glob("kinds_p*")))),
        variables=rows(networks / "variables.csv"),
        kinds=rows(networks / "kinds.csv"),
        claims={r["claim_id"]: r for r in rows(networks / "claims.csv")},
        uses=rows(networks / "claim_uses.csv"),
    )
