"""What is known of a number before it is pooled: judgements and published series, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bme_bayes.numbers.evidence import KIND_COLUMN, REGION_NAMES, Evidence, Row
from bme_bayes.numbers.pool import Judged, Series, add_up, judge


@dataclass(frozen=True)
class Cell:
    """Parent diagnosis and state of the finding, in one region."""

    finding: str
    state: str
    column: str
    region: str


def families(cells: Cells) -> Iterator[tuple[list[Row], str]]:
    """The kinds of every diagnosis, in each of its regions."""
    for diagnosis in dict.fromkeys(k["diagnosis"] for k in cells.evidence.kinds):
        for region in cells.variables[diagnosis]["regions"]:
            kinds = [k for k in cells.evidence.kinds if k["diagnosis"] == diagnosis]
            yield [k for k in kinds if region in k["regions"]], region


class Cells:
    """What the passes and the publications say of a cell."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.generic = {
            (k[0], k[1], c): v
            for k, c, v in evidence.panel.values("findings", ("finding", "state"))
        }
        self.overrides = evidence.panel.table("overrides", ("region", "finding", "state", "column"))
        self.kind_cells = {
            (k[0], k[1], c): v
            for k, c, v in evidence.kind_passes.values("findings", ("finding", "state"))
        }
        self.shares = evidence.kind_passes.table("shares", ("region", "diagnosis", "subtype"))
        demographics = evidence.kind_passes.values("demographics", ("subtype",))
        self.demographics = {(k[0], c): v for k, c, v in demographics}
        self.variables = {v["id"]: v for v in evidence.variables}

    def judged(self, cell: Cell) -> Judged | None:
        """The panel's judgement of a cell, with its regional override where a pass gave one."""
        base = self.generic.get((cell.finding, cell.state, cell.column))
        region = REGION_NAMES[cell.region]
        key = (region, cell.finding, cell.state, cell.column)
        values = []
        for index, table in enumerate(self.overrides):
            if key in table:
                values.append(float(table[key]["value"]))
            elif base:
                values.append(base[min(index, len(base) - 1)])
        return judge(values) if values else None

    def series(self, cell: Cell) -> Series | None:
        """The published series of a cell, added up."""
        found = self.evidence.used("finding", cell.finding, cell.state, cell.column, cell.region)
        if cell.finding in ("crp", "esr"):
            either = self.evidence.used(
                "finding", cell.finding, "raised_or_more", cell.column, cell.region
            )
            found = found + [(c, v * self._part_of_raised(cell), n, s) for c, v, n, s in either]
        return add_up(found)

    def rest(self, cells: list[Cell]) -> Series | None:
        """The published series of the state without a number of its own: what the others leave."""
        one = cells[0]
        states = self.variables[one.finding]["states"].split("|")
        (state,) = set(states) - {c.state for c in cells}
        if state == "absent":
            return None
        found = self.evidence.used("finding", one.finding, state, one.column, one.region)
        return add_up(found)

    def _part_of_raised(self, cell: Cell) -> float:
        parts = {
            s: self.judged(Cell(cell.finding, s, cell.column, cell.region))
            for s in ("raised", "markedly_raised")
        }
        total = sum(p.value for p in parts.values() if p)
        mine = parts[cell.state]
        return mine.value / total if mine and total > 0 else 0.5

    def share(self, kind: Row, region: str) -> float:
        """Share of a kind within its public state in one region, at the reference setting."""
        name = REGION_NAMES[region]

        def of(k: Row) -> float:
            key = (name, k["diagnosis"], KIND_COLUMN.get(k["id"], k["id"]))
            found = [float(t[key]["share"]) for t in self.shares if key in t]
            return sum(found) / len(found) if found else 0.0

        peers = [
            k
            for k in self.evidence.kinds
            if k["diagnosis"] == kind["diagnosis"]
            and k["grade"] == kind["grade"]
            and region in k["regions"]
        ]
        if len(peers) == 1:
            return 1.0
        total = sum(max(of(k), 0.005) for k in peers)
        return max(of(kind), 0.005) / total

    def sibling(self, cell: Cell, diagnosis: str) -> Judged | None:
        """The judgement of the other kinds of a diagnosis, where a kind was given none."""
        columns = [
            KIND_COLUMN.get(k["id"], k["id"])
            for k in self.evidence.kinds
            if k["diagnosis"] == diagnosis
        ]
        found = [self.kind_cells.get((cell.finding, cell.state, c)) for c in columns]
        values = [v for f in found if f for v in f]
        return judge(values) if values else None

    def not_hallmark(self, cell: Cell, diagnosis: str) -> bool:
        """Whether a finding is the hallmark of other diagnoses than this one."""
        owners = self.variables[cell.finding]["hallmark_of"].split()
        return bool(owners) and diagnosis not in owners

    def regional(self, cell: Cell, own: Judged, kind: Row) -> float:
        """The kind's log-odds, moved as the panel moved its diagnosis in this region."""
        generic = self.generic.get((cell.finding, cell.state, cell.column))
        here = self.judged(cell)
        if generic is None or here is None or len(kind["regions"]) == 1:
            return own.mean
        return own.mean + here.mean - judge(generic).mean
