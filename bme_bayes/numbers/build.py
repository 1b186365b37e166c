"""Builds `links.csv`: one row a number, from the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bme_bayes.numbers.evidence import KIND_COLUMN, REGION_NAMES, Evidence, Row, parent_column
from bme_bayes.numbers.pool import (
    PANEL_N,
    Combined,
    Judged,
    Series,
    add_up,
    clip,
    combine,
    expit,
    interval,
    judge,
    shift_to_mean,
)

COLUMNS = (
    "quantity",
    "child",
    "state",
    "cause",
    "regions",
    "value",
    "low",
    "high",
    "n",
    "basis",
    "sources",
    "claims",
    "note",
)
HALLMARK_ELSEWHERE = 0.5


@dataclass(frozen=True)
class Cell:
    """Parent diagnosis and state of the finding, in one region."""

    finding: str
    state: str
    column: str
    region: str


class Builder:
    """Pools the evidence cell by cell."""

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

    def frequencies(self) -> Iterator[Row]:
        """P(finding = state | kind) for every finding, state, kind and region."""
        groups: dict[tuple[str, str], list[Row]] = {}
        for kind in self.evidence.kinds:
            groups.setdefault((kind["diagnosis"], kind["grade"]), []).append(kind)
        for finding, variable in self.variables.items():
            states = [s for f, s, _ in self.kind_cells if f == finding]
            states = list(dict.fromkeys(states))
            for region in variable["regions"] if states else "":
                for (diagnosis, grade), kinds in groups.items():
                    here = [k for k in kinds if region in k["regions"]]
                    if here and region in self.variables[diagnosis]["regions"]:
                        column = parent_column(diagnosis, grade)
                        yield from self._family(
                            [Cell(finding, s, column, region) for s in states], here
                        )
                yield from self._none([Cell(finding, s, "none", region) for s in states])

    def _none(self, cells: list[Cell]) -> Iterator[Row]:
        found = []
        for cell in cells:
            judged = self.judged(cell) or judge(self.kind_cells[cell.finding, cell.state, "none"])
            series = self.series(cell)
            found.append((cell, combine(judged, series), series))
        judged_values = [
            (self.judged(c) or judge(self.kind_cells[c.finding, c.state, "none"])).value
            for c in cells
        ]
        values = _fit_to_one([f[1].value for f in found], judged_values)
        for (cell, number, series), p in zip(found, values, strict=True):
            yield self._row(
                cell, "none", _moved(number, p), series, "patients with none of the diagnoses"
            )

    def _family(self, cells: list[Cell], kinds: list[Row]) -> Iterator[Row]:
        """One finding in the kinds of one diagnosis: all its states together."""
        table = [self._kinds_of_cell(cell, kinds) for cell in cells]
        if any(column is None for column in table):
            return
        for index, kind in enumerate(kinds):
            numbers = [column[index] for column in table if column]
            values = _fit_to_one([n.value for n, _, _, _ in numbers], [j for _, _, _, j in numbers])
            for cell, (number, series, note, _), p in zip(cells, numbers, values, strict=True):
                yield self._row(
                    cell, f"{kind['diagnosis']}.{kind['id']}", _moved(number, p), series, note
                )

    def _kinds_of_cell(
        self, cell: Cell, kinds: list[Row]
    ) -> list[tuple[Combined, Series | None, str, float]] | None:
        """One number a kind: judged alone, then moved together towards their diagnosis."""
        judged = self.judged(cell)
        series = self.series(cell)
        parent = combine(judged, series) if judged else None
        passes = []
        for kind in kinds:
            column = KIND_COLUMN.get(kind["id"], kind["id"])
            values = self.kind_cells.get((cell.finding, cell.state, column))
            own = judge(values) if values else judged or self._sibling(cell, kind["diagnosis"])
            if own is None:
                return None
            passes.append(own)
        logits = [self._regional(cell, own, kind) for own, kind in zip(passes, kinds, strict=True)]
        shift = 0.0
        if parent is not None:
            shares = [self.share(k, cell.region) for k in kinds]
            strength = 0.5 + 0.5 * (series.n / (series.n + PANEL_N) if series else 0.0)
            shift = strength * shift_to_mean(logits, shares, clip(parent.value))
        out = []
        halved = self._not_hallmark(cell, kinds[0]["diagnosis"])
        for mean, own in zip(logits, passes, strict=True):
            p = clip(expit(mean + shift) * (HALLMARK_ELSEWHERE if halved else 1.0))
            n = own.n + (0.5 * series.n if series else 0.0)
            low, high = interval(p, n)
            notes = []
            if abs(shift) >= 0.05:
                notes.append(f"kind judged {expit(mean):.3f}, moved {shift:+.2f} to its diagnosis")
            if halved:
                notes.append("halved: the rest is a coexisting disease, held by itself")
            out.append(
                (
                    Combined(p, low, high, n, "elicited" if series is None else "both"),
                    series,
                    "; ".join(notes),
                    expit(mean),
                )
            )
        return out

    def _sibling(self, cell: Cell, diagnosis: str) -> Judged | None:
        """The judgement of the other kinds of a diagnosis, where a kind was given none."""
        columns = [
            KIND_COLUMN.get(k["id"], k["id"])
            for k in self.evidence.kinds
            if k["diagnosis"] == diagnosis
        ]
        found = [self.kind_cells.get((cell.finding, cell.state, c)) for c in columns]
        values = [v for f in found if f for v in f]
        return judge(values) if values else None

    def _not_hallmark(self, cell: Cell, diagnosis: str) -> bool:
        owners = self.variables[cell.finding]["hallmark_of"].split()
        return bool(owners) and diagnosis not in owners

    def _regional(self, cell: Cell, own: Judged, kind: Row) -> float:
        """The kind's log-odds, moved as the panel moved its diagnosis in this region."""
        generic = self.generic.get((cell.finding, cell.state, cell.column))
        here = self.judged(cell)
        if generic is None or here is None or len(kind["regions"]) == 1:
            return own.mean
        return own.mean + here.mean - judge(generic).mean

    def _row(
        self, cell: Cell, cause: str, number: Combined, series: Series | None, note: str
    ) -> Row:
        claims = series.claims if series else ()
        if series:
            note = f"{series.n:.0f} weighted patients show {series.value:.3f}; with the panel" + (
                f"; {note}" if note else ""
            )
        elif not note:
            note = "no usable published figure; pooled judgement of three passes"
        else:
            note = f"pooled judgement; {note}"
        return {
            "quantity": "frequency",
            "child": cell.finding,
            "state": cell.state,
            "cause": cause,
            "regions": cell.region,
            "value": f"{number.value:.4g}",
            "low": f"{number.low:.4g}",
            "high": f"{number.high:.4g}",
            "n": f"{number.n:.1f}",
            "basis": number.basis,
            "sources": " ".join(
                (*self.evidence.sources_of(claims), "panel" if cause == "none" else "kinds_panel")
            ),
            "claims": " ".join(claims),
            "note": note,
        }


LEAST_REST = 0.03


def _fit_to_one(values: list[float], judged: list[float]) -> list[float]:
    """Frequencies of all states but the rest, scaled with the rest as judged to sum to 1."""
    if len(values) == 1:
        return values
    total = sum(values) + max(1 - sum(judged), LEAST_REST)
    return [v / total for v in values]


def _moved(number: Combined, value: float) -> Combined:
    if value == number.value:
        return number
    low, high = interval(value, number.n)
    return Combined(value, low, high, number.n, number.basis)
