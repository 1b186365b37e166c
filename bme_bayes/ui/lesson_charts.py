"""The charts of the lessons: a crowd of people, and Fagan's nomogram. Plain Vega-Lite."""

from __future__ import annotations

import math
from typing import Any

from bme_bayes.questions.words import percent
from bme_bayes.ui.charts import Palette
from bme_bayes.ui.lesson_numbers import Meeting, nomogram
from bme_bayes.ui.row_charts import SCHEMA

Spec = dict[str, Any]
PEOPLE, ACROSS = 1000, 50
CHANCES = (
    0.001,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.3,
    0.5,
    0.7,
    0.8,
    0.9,
    0.95,
    0.99,
    0.995,
    0.999,
)
RATIOS = (0.001, 0.01, 0.1, 0.3, 1, 3, 10, 100, 1000)
TOP = math.log(0.999 / 0.001)
HEADS = ("Before", "Ratio", "After")


def crowd(found: Meeting, diagnosis: str, result: str, colors: Palette) -> Spec:
    """A thousand people as squares: with and without the diagnosis and the result."""
    both, ill, false, neither = found.of(PEOPLE)
    diagnosis = diagnosis[:1].upper() + diagnosis[1:]
    kinds = {
        f"{diagnosis} and {result}": (both, colors.mark),
        f"{diagnosis} only": (ill, colors.strong),
        f"{result[:1].upper() + result[1:]} only": (false, colors.quiet),
        "Neither": (neither, colors.grid),
    }
    values: list[Spec] = []
    for kind, (count, _) in kinds.items():
        for _ in range(count):
            place = len(values)
            values.append({"x": place % ACROSS, "y": place // ACROSS, "kind": kind})
    told = "; ".join(f"{kind}: {count}" for kind, (count, _) in kinds.items())
    scale = {"domain": list(kinds), "range": [color for _, color in kinds.values()]}
    gap = {"paddingInner": 0.2, "paddingOuter": 0}
    legend = {
        "orient": "top",
        "title": None,
        "columns": 1,
        "labelColor": colors.text,
        "labelFontSize": 13,
        "labelLimit": 500,
    }
    return {
        "$schema": SCHEMA,
        "description": f"A thousand people as squares. {told}.",
        "data": {"values": values},
        "mark": {"type": "rect", "cornerRadius": 2},
        "encoding": {
            "x": {"field": "x", "type": "ordinal", "axis": None, "scale": gap},
            "y": {"field": "y", "type": "ordinal", "axis": None, "scale": gap},
            "color": {"field": "kind", "type": "nominal", "scale": scale, "legend": legend},
        },
        "height": 300,
        "config": {"view": {"stroke": None}},
    }


def tree(found: Meeting, diagnosis: str, colors: Palette) -> Spec:
    """The natural-frequency tree of a thousand people: by the diagnosis, then by the result."""
    nodes, lines, told = _branches(found, diagnosis)
    place: Spec = {
        "x": {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}},
        "y": {"field": "y", "type": "quantitative", "axis": None,
              "scale": {"domain": [-0.15, 2.5], "reverse": True}},
    }  # fmt: skip
    looks = {"domain": ["text", "mark"], "range": [colors.text, colors.mark]}
    color = {"field": "look", "type": "nominal", "legend": None, "scale": looks}
    text: Spec = {"type": "text", "baseline": "middle"}
    return {
        "$schema": SCHEMA,
        "description": told,
        "layer": [
            {"data": {"values": lines}, "mark": {"type": "rule", "color": colors.quiet},
             "encoding": {**place, "x2": {"field": "x2"}, "y2": {"field": "y2"}}},
            {"data": {"values": nodes},
             "mark": {**text, "fontSize": 20, "fontWeight": "bold"},
             "encoding": {**place, "color": color, "text": {"field": "n"}}},
            {"data": {"values": nodes},
             "mark": {**text, "fontSize": 12, "dy": 19, "baseline": "top", "lineBreak": "\n",
                      "color": colors.text},
             "encoding": {**place, "text": {"field": "label"}}},
        ],
        "height": 330,
        "config": {"view": {"stroke": None}},
    }  # fmt: skip


def _branches(found: Meeting, diagnosis: str) -> tuple[list[Spec], list[Spec], str]:
    """The groups of people, the lines between them, and the same in words."""
    both, ill, false, neither = found.of(PEOPLE)
    well = false + neither
    people = (
        (0.5, 0, PEOPLE, "people with\nmarrow edema", "text", None),
        (0.25, 1, both + ill, f"with\n{diagnosis}", "text", 0.5),
        (0.75, 1, well, f"without\n{diagnosis}", "text", 0.5),
        (0.125, 2, both, "have\nthe result", "mark", 0.25),
        (0.375, 2, ill, "do not\nhave it", "text", 0.25),
        (0.625, 2, false, "have\nthe result", "mark", 0.75),
        (0.875, 2, neither, "do not\nhave it", "text", 0.75),
    )
    nodes: list[Spec] = [
        {"x": x, "y": y, "n": n, "label": t, "look": look} for x, y, n, t, look, _ in people
    ]
    lines: list[Spec] = [
        {"x": x, "y": y - 0.14, "x2": up, "y2": y - 0.5}
        for x, y, _, _, _, up in people
        if up is not None
    ]
    told = (
        f"Tree: of {PEOPLE} people, {both + ill} have {diagnosis}, of whom {both} have the result; "
        f"{well} do not have it, of whom {false} have the result."
    )
    return nodes, lines, told


def fagan(before: float, ratio: float, colors: Palette) -> Spec:
    """Fagan's nomogram with the line of one patient."""
    line = nomogram(before, ratio)
    ends = [(0, line.before), (1, line.ratio), (2, line.after)]
    after = 1 / (1 + math.exp(-line.after))
    told = (
        f"Fagan's nomogram: a straight line from {percent(before)} before, through a likelihood "
        f"ratio of {ratio:.2g}, to {percent(after)} after."
    )
    y = {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-TOP, TOP], "clamp": True},
    }
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-0.35, 2.35]}}
    point = {"type": "line", "color": colors.mark, "strokeWidth": 3}
    layers: list[Spec] = [
        {
            "data": {"values": [{"x": i, "y": -TOP, "y2": TOP} for i in range(3)]},
            "mark": {"type": "rule", "color": colors.quiet},
            "encoding": {"x": x, "y": y, "y2": {"field": "y2"}},
        },
        {
            "data": {"values": [{"x": i, "y": h} for i, h in ends]},
            "mark": {**point, "point": {"size": 90, "color": colors.mark, "filled": True}},
            "encoding": {"x": x, "y": y},
        },
    ]
    layers += _scales(x, y, colors)
    return {
        "$schema": SCHEMA,
        "description": told,
        "layer": layers,
        "height": 430,
        "config": {"view": {"stroke": None}},
    }


def _scales(x: Spec, y: Spec, colors: Palette) -> list[Spec]:
    """The figures on the three scales, each with a halo that keeps the line off it."""
    text = {"type": "text", "color": colors.text, "fontSize": 12}
    halo = {**text, "color": colors.paper, "stroke": colors.paper, "strokeWidth": 4}
    return [
        {
            "data": {"values": [r for r in _ticks() if r["x"] == side]},
            "mark": {**style, "align": align, "dx": shift},
            "encoding": {"x": x, "y": y, "text": {"field": "label"}},
        }
        for style in (halo, text)
        for align, shift, side in (("right", -8, 0), ("left", 8, 1), ("left", 8, 2))
    ] + [
        {
            "data": {"values": [{"x": i, "y": TOP, "label": h} for i, h in enumerate(HEADS)]},
            "mark": {**text, "dy": -18, "fontWeight": "bold"},
            "encoding": {"x": x, "y": y, "text": {"field": "label"}},
        }
    ]


def _ticks() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for chance in CHANCES:
        height = math.log(chance / (1 - chance))
        label = f"{chance * 100:g} %"
        rows.append({"x": 0, "y": -height, "label": label})
        rows.append({"x": 2, "y": height, "label": label})
    rows += [{"x": 1, "y": math.log(r) / 2, "label": f"{r:g}"} for r in RATIOS]
    return rows
