"""Charts with a row for each thing and its words above its marks, read at a phone's width too.

Plain Vega-Lite, so that a page need not build and validate a chart at each click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bme_bayes.ui.charts import FRAME, ROOM, Palette

Spec = dict[str, Any]
Row = dict[str, Any]
ROW, ABOVE = 42, -15
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True)
class Mark:
    """What is drawn of one field of the rows: a bar, a tick, or a point of some shape.

    `down` puts a point so many pixels under the middle of its row, beside others of one value.
    """

    field: str
    title: str
    kind: Literal["bar", "tick", "point"]
    color: str
    shape: str = "circle"
    down: float = 0.0


def row_chart(rows: Sequence[Row], marks: Sequence[Mark], told: str, colors: Palette) -> Spec:
    """Rows with `row`, `name`, `figures` and a share for each mark, as a chart told in words."""
    hint = [{"field": "name", "type": "nominal", "title": "Name"}]
    hint += [
        {"field": m.field, "type": "quantitative", "title": m.title, "format": ".1%"} for m in marks
    ]
    layers: list[Spec] = []
    for number, mark in enumerate(marks):
        x: Spec = {"field": mark.field, "type": "quantitative", "scale": {"domain": [0, 1]}}
        if number == 0:
            x["axis"] = _axis(colors)
        encoding: Spec = {"x": x, "tooltip": hint}
        layers.append({"mark": _drawn(mark), "encoding": encoding})
    return {
        "$schema": SCHEMA,
        "description": told,
        "data": {"values": list(rows)},
        "encoding": {
            "y": {
                "field": "row",
                "type": "ordinal",
                "axis": None,
                "sort": "ascending",
                "scale": {"paddingInner": 0, "paddingOuter": 0},
            }
        },
        "layer": [*layers, *_words(colors)],
        "height": ROW * max(len(rows), 1) + FRAME,
        "padding": {"top": 14, "left": 2, "right": 8, "bottom": 2},
        "config": {"view": {"stroke": None}},
    }


def line_chart(
    rows: Sequence[Row], series: Sequence[tuple[str, str]], told: str, colors: Palette
) -> Spec:
    """Shares by `step` (in order) and `series`, as lines told in words; series name and colour."""
    steps = list(dict.fromkeys(row["step"] for row in rows))
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**_axis(colors), "tickCount": 5},
    }
    angle = {"labelAngle": 0, "labelLimit": 130, "title": None, "labelColor": colors.text}
    return {
        "$schema": SCHEMA,
        "description": told,
        "data": {"values": list(rows)},
        "mark": {"type": "line", "point": {"size": 70, "filled": True}, "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "step", "type": "ordinal", "sort": steps, "axis": angle},
            "y": y,
            "color": _by_series(series, colors),
            "strokeDash": {"field": "series", "type": "nominal", "sort": None, "legend": None},
            "tooltip": [
                {"field": "series", "type": "nominal", "title": "Who"},
                {"field": "step", "type": "ordinal", "title": "After"},
                {"field": "value", "type": "quantitative", "title": "Chance", "format": ".1%"},
            ],
        },
        "height": 260,
        "config": {"view": {"stroke": None}},
    }


def _by_series(series: Sequence[tuple[str, str]], colors: Palette) -> Spec:
    scale = {"domain": [name for name, _ in series], "range": [color for _, color in series]}
    legend = {
        "orient": "top",
        "title": None,
        "labelColor": colors.text,
        "labelFontSize": 13,
        "symbolType": "circle",
        "symbolStrokeWidth": 0,
    }
    return {"field": "series", "type": "nominal", "scale": scale, "legend": legend}


def _drawn(mark: Mark) -> Spec:
    if mark.kind == "bar":
        return {"type": "bar", "color": mark.color, "height": 11, "cornerRadiusEnd": 2}
    if mark.kind == "tick":
        return {"type": "tick", "color": mark.color, "thickness": 2.5, "size": 15}
    return {
        "type": "point",
        "color": mark.color,
        "shape": mark.shape,
        "filled": True,
        "opacity": 1,
        "size": 120,
        "yOffset": mark.down,
    }


def _axis(colors: Palette) -> Spec:
    return {
        "format": ".0%",
        "values": [0, 0.25, 0.5, 0.75, 1],
        "title": None,
        "domain": False,
        "ticks": False,
        "gridColor": colors.grid,
        "labelColor": colors.quiet,
    }


def _words(colors: Palette) -> list[Spec]:
    style = {"type": "text", "baseline": "middle", "dy": ABOVE, "fontSize": 13}
    left = {**style, "align": "left", "color": colors.text, "limit": {"expr": ROOM}}
    right = {**style, "align": "right", "color": colors.text}
    return [
        {"mark": left, "encoding": {"x": {"value": 0}, "text": {"field": "name"}}},
        {"mark": right, "encoding": {"x": {"value": "width"}, "text": {"field": "figures"}}},
    ]
