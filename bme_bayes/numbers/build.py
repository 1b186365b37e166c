"""Builds `links.csv`: one row a number, from the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bme_bayes.numbers.cells import Cell, Cells
from bme_bayes.numbers.evidence import KIND_COLUMN, Row, alone, parent_column
from bme_bayes.numbers.pool import (
    PANEL_N,
    Combined,
    Series,
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
HALLMARK_ELSEWHERE = 0.25
NO_FIGURE = "no usable published figure; pooled judgement of three passes"
Kinds = tuple[Combined, tuple[str, ...], list[str], float]
"""One kind's number, the claims behind it, what to say of it, and what was judged."""


class Builder:
    """Pools the evidence cell by cell."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.evidence = cells.evidence

    def frequencies(self) -> Iterator[Row]:
        """P(finding = state | kind) for every finding, state, kind and region."""
        groups: dict[tuple[str, str], list[Row]] = {}
        for kind in self.evidence.kinds:
            groups.setdefault((kind["diagnosis"], kind["grade"]), []).append(kind)
        for finding, variable in self.cells.variables.items():
            states = [s for f, s, _ in self.cells.kind_cells if f == finding]
            states = list(dict.fromkeys(states))
            for region in variable["regions"] if states else "":
                for (diagnosis, grade), kinds in groups.items():
                    here = [k for k in kinds if region in k["regions"]]
                    if here and region in self.cells.variables[diagnosis]["regions"]:
                        column = parent_column(diagnosis, grade)
                        yield from self._family(
                            [Cell(finding, s, column, region) for s in states], here
                        )
                yield from self._none([Cell(finding, s, "none", region) for s in states])

    def _none(self, cells: list[Cell]) -> Iterator[Row]:
        found = []
        for cell in cells:
            judged = self.cells.judged(cell) or judge(
                self.cells.kind_cells[cell.finding, cell.state, "none"]
            )
            series = self.cells.series(cell)
            found.append((cell, combine(judged, series), series))
        judged_values = [
            (self.cells.judged(c) or judge(self.cells.kind_cells[c.finding, c.state, "none"])).value
            for c in cells
        ]
        values = _fit_to_one([f[1].value for f in found], judged_values)
        for (cell, number, series), p in zip(found, values, strict=True):
            notes = [_shown(series)] if series else []
            claims = series.claims if series else ()
            notes.append("patients with none of the diagnoses")
            yield self._row(cell, "none", _moved(number, p), claims, notes)

    def _family(self, cells: list[Cell], kinds: list[Row]) -> Iterator[Row]:
        """One finding in the kinds of one diagnosis: all its states together."""
        table = [self._kinds_of_cell(cell, kinds) for cell in cells]
        if any(column is None for column in table):
            return
        rest = self.cells.rest(cells)
        for index, kind in enumerate(kinds):
            numbers = [column[index] for column in table if column]
            values = _fit_to_one([n.value for n, _, _, _ in numbers], [j for _, _, _, j in numbers])
            values = _leaving(values, rest)
            for cell, (number, claims, notes, _), p in zip(cells, numbers, values, strict=True):
                cause = f"{kind['diagnosis']}.{kind['id']}"
                yield self._row(cell, cause, _moved(number, p), claims, notes, rest)

    def _kinds_of_cell(self, cell: Cell, kinds: list[Row]) -> list[Kinds] | None:
        """One number a kind: judged alone, then moved together towards their diagnosis."""
        judged = self.cells.judged(cell)
        series = self.cells.series(cell)
        parent = combine(judged, series) if judged else None
        passes = []
        for kind in kinds:
            column = KIND_COLUMN.get(kind["id"], kind["id"])
            values = self.cells.kind_cells.get((cell.finding, cell.state, column))
            own = judge(values) if values else judged or self.cells.sibling(cell, kind["diagnosis"])
            if own is None:
                return None
            passes.append(own)
        logits = [
            self.cells.regional(cell, own, kind) for own, kind in zip(passes, kinds, strict=True)
        ]
        shift = 0.0
        if parent is not None:
            shares = [self.cells.share(k, cell.region) for k in kinds]
            strength = 0.5 + 0.5 * (series.n / (series.n + PANEL_N) if series else 0.0)
            shift = strength * shift_to_mean(logits, shares, clip(parent.value))
        elsewhere = self.cells.not_hallmark(cell, kinds[0]["diagnosis"])
        return [
            self._of_kind(cell, kind, mean, shift, own.n, series, elsewhere)
            for mean, own, kind in zip(logits, passes, kinds, strict=True)
        ]

    def _of_kind(
        self,
        cell: Cell,
        kind: Row,
        mean: float,
        shift: float,
        n: float,
        series: Series | None,
        elsewhere: bool,
    ) -> Kinds:
        """One kind's number: judged, moved with its diagnosis, and with figures on it alone."""
        p = clip(expit(mean + shift) * (HALLMARK_ELSEWHERE if elsewhere else 1.0))
        n += 0.5 * series.n if series else 0.0
        claims, notes = series.claims if series else (), [_shown(series)] if series else []
        if abs(shift) >= 0.05:
            notes.append(f"kind judged {expit(mean):.3f}, moved {shift:+.2f} to its diagnosis")
        if elsewhere:
            notes.append("a quarter: the rest is a coexisting disease, held by itself")
        alike = self.cells.series(replace(cell, column=alone(kind)))
        if alike:
            p, n = clip((n * p + alike.n * alike.value) / (n + alike.n)), n + alike.n
            claims = (*claims, *alike.claims)
            notes.append(f"of this kind alone {alike.n:.0f} weighted patients, {alike.value:.3f}")
        low, high = interval(p, n)
        number = Combined(p, low, high, n, "both" if claims else "elicited")
        return number, claims, notes, expit(mean)

    def _row(
        self,
        cell: Cell,
        cause: str,
        number: Combined,
        claims: tuple[str, ...],
        notes: list[str],
        rest: Series | None = None,
    ) -> Row:
        if rest:
            claims = (*claims, *rest.claims)
            notes = [*notes, f"no such state in {rest.value:.3f} of {rest.n:.0f} weighted patients"]
        if not claims:
            first = "pooled judgement" if notes else NO_FIGURE
            notes = [first, *notes]
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
            "basis": "both" if claims and number.basis == "elicited" else number.basis,
            "sources": " ".join(
                (*self.evidence.sources_of(claims), "panel" if cause == "none" else "kinds_panel")
            ),
            "claims": " ".join(claims),
            "note": "; ".join(notes),
        }


LEAST_REST = 0.03


def _fit_to_one(values: list[float], judged: list[float]) -> list[float]:
    """Frequencies of all states but the rest, scaled with the rest as judged to sum to 1."""
    if len(values) == 1:
        return values
    total = sum(values) + max(1 - sum(judged), LEAST_REST)
    return [v / total for v in values]


def _shown(series: Series) -> str:
    return f"{series.n:.0f} weighted patients show {series.value:.3f}; with the panel"


def _leaving(values: list[float], rest: Series | None) -> list[float]:
    """The same, scaled so that what they leave is the rest as judged and as published."""
    if rest is None:
        return values
    judged = 1 - sum(values)
    target = clip((PANEL_N * judged + rest.n * rest.value) / (PANEL_N + rest.n))
    return [v * (1 - target) / (1 - judged) for v in values]


def _moved(number: Combined, value: float) -> Combined:
    if value == number.value:
        return number
    low, high = interval(value, number.n)
    return Combined(value, low, high, number.n, number.basis)
