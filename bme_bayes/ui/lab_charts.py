"""Charts of the Prior lab: intervals side by side, and what moved on a panel of cases.

Plain Vega-Lite with a row a thing and its words above its marks, as in `row_charts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bme_bayes.network import Network, Number
from bme_bayes.questions.words import percent
from bme_bayes.ui.charts import FRAME, ROOM, Palette
from bme_bayes.ui.lab_panel import Effect, ranked
from bme_bayes.ui.row_charts import SCHEMA, Mark, Row, Spec, row_chart
from bme_bayes.ui.words import short

Rates = Mapping[tuple[str, str], Number]
ROW, APART, FIRST = 58, 12, 10
MOST_CASES = 12
LEAST_MOVE = 0.005


@dataclass(frozen=True)
class Range:
    """A value with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class RangeRow:
    """A row of an interval chart: its name, and the ranges of each series."""

    name: str
    ranges: Mapping[str, Range]


def interval_chart(
    rows: Sequence[RangeRow],
    series: Sequence[str],
    what: str,
    colors: Palette,
    *,
    spread: bool = False,
) -> Spec:
    """Values with their intervals, one line a series under the name of each row.

    The first series is drawn as circles in the quiet colour, the second as squares in the strong.
    The figures of a row are its values, or with `spread` the ends of its first interval.
    """
    data = [
        {
            "row": number,
            "name": row.name,
            "figures": _figures(row, spread),
            "series": name,
            **{"value": found.value, "low": found.low, "high": found.high},
        }
        for number, row in enumerate(rows)
        for name, found in row.ranges.items()
    ]
    told = "; ".join(_told(row) for row in rows)
    y = {"field": "row", "type": "ordinal", "axis": None, "sort": None,
         "scale": {"paddingInner": 0, "paddingOuter": 0}}  # fmt: skip
    return {
        "$schema": SCHEMA,
        "description": f"{what}. {told}.",
        "data": {"values": data},
        "encoding": {"y": y},
        "layer": [*_ranges(rows, series, colors), *_words(series, colors)],
        "height": ROW * max(len(rows), 1) + FRAME,
        "padding": {"top": 14, "left": 2, "right": 8, "bottom": 2},
        "config": {"view": {"stroke": None}},
    }


def _ranges(rows: Sequence[RangeRow], series: Sequence[str], colors: Palette) -> list[Spec]:
    """A line and a mark for each series."""
    marks = ((colors.quiet, "circle"), (colors.strong, "square"))[-len(series) :]
    most = max((r.high for row in rows for r in row.ranges.values()), default=1.0)
    scale = {"domain": [0, min(1.0, most * 1.02)], "nice": False}
    axis = {"format": ".0%", "title": None, "domain": False, "ticks": False, "tickCount": 5,
            "gridColor": colors.grid, "labelColor": colors.quiet}  # fmt: skip
    layers: list[Spec] = []
    for number, name in enumerate(series):
        color, shape = marks[number]
        below = {"yOffset": FIRST + APART * number - APART / 2}
        keep = [{"filter": {"field": "series", "equal": name}}]
        x: Spec = {"field": "low", "type": "quantitative", "scale": scale, "axis": axis}
        rule = {"type": "rule", "color": color, "strokeWidth": 2, **below}
        point = {"type": "point", "color": color, "shape": shape, "filled": True, "opacity": 1,
                 "size": 70, **below}  # fmt: skip
        layers.append(
            {"transform": keep, "mark": rule, "encoding": {"x": x, "x2": {"field": "high"}}}
        )
        value = {"x": {"field": "value", "type": "quantitative"}, "tooltip": _hint()}
        layers.append({"transform": keep, "mark": point, "encoding": value})
    return layers


def rate_rows(network: Network, before: Rates, after: Rates) -> list[RangeRow]:
    """Base rates before and after, those that are most frequent in either first."""
    labels = {v.id: v.label for v in network.diagnoses}
    rows = []
    for key, new in after.items():
        name = short(key[0], labels)
        if len({k.grade for k in network.kinds_of(key[0])}) > 1:
            name += f": {network.variable(key[0]).state_label(key[1])}"
        both = {"before": before.get(key), "after": new}
        ranges = {s: Range(n.value, n.low, n.high) for s, n in both.items() if n is not None}
        rows.append(RangeRow(name, ranges))
    return sorted(rows, key=lambda r: -max(x.value for x in r.ranges.values()))


def panel_chart(found: Sequence[Effect], names: Mapping[str, str], colors: Palette) -> Spec | None:
    """The former leader of each case: its share before (tick) and after (point)."""
    shown = [e for e in ranked(found) if e.turned or e.size >= LEAST_MOVE][:MOST_CASES]
    if not shown:
        return None
    rows: list[Row] = []
    for number, e in enumerate(shown):
        leader = e.before.leader
        before, after = (p.diagnoses[leader].main_cause for p in (e.before, e.after))
        mark = "≠ " if e.turned else ""
        title = e.case.title.removeprefix("Example: ").partition(" · ")[0]
        rows.append(
            {
                "row": number,
                "name": f"{mark}{title} · {short(leader, names)}",
                "figures": f"{percent(before)} → {percent(after)}",
                "before": before,
                "after": after,
            }
        )
    marks = [
        Mark("before", "Before", "tick", colors.mark),
        Mark("after", "After", "point", colors.strong),
    ]
    told = "; ".join(f"{r['name']}: {r['figures']}" for r in rows)
    what = "Chart of the leading cause of each case, before and after"
    return row_chart(rows, marks, f"{what}. {told}.", colors)


def _figures(row: RangeRow, spread: bool) -> str:
    found = list(row.ranges.values())
    if spread:
        return f"{percent(found[0].low)} to {percent(found[0].high)}"
    return " → ".join(percent(r.value) for r in found)


def _told(row: RangeRow) -> str:
    parts = [
        f"{name} {percent(r.value)} ({percent(r.low)} to {percent(r.high)})"
        for name, r in row.ranges.items()
    ]
    return f"{row.name}: {', '.join(parts)}"


def _hint() -> list[Spec]:
    quantities = {"value": "Value", "low": "From", "high": "To"}
    return [
        {"field": "name", "type": "nominal", "title": "Of"},
        {"field": "series", "type": "nominal", "title": "In"},
        *(
            {"field": field, "type": "quantitative", "title": title, "format": ".1%"}
            for field, title in quantities.items()
        ),
    ]


def _words(series: Sequence[str], colors: Palette) -> list[Spec]:
    style = {"type": "text", "baseline": "middle", "dy": -17, "fontSize": 13, "color": colors.text}
    once = [{"filter": {"field": "series", "equal": series[0]}}]
    left: Spec = {"x": {"value": 0}, "text": {"field": "name"}}
    right: Spec = {"x": {"value": "width"}, "text": {"field": "figures"}}
    name = {**style, "align": "left", "limit": {"expr": ROOM}}
    return [
        {"transform": once, "mark": name, "encoding": left},
        {"transform": once, "mark": {**style, "align": "right"}, "encoding": right},
    ]
