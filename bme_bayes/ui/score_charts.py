"""Charts of how well probabilities did: reliability and decision curves, for pages and notebooks.

Plain Vega-Lite specifications; `altair.Chart.from_dict` (or `st.vega_lite_chart`) shows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from bme_bayes.evaluation.calibration import Calibration
from bme_bayes.evaluation.decision_curve import ALL, NONE
from bme_bayes.ui.charts import LIGHT, Palette
from bme_bayes.ui.row_charts import SCHEMA, Spec

SIDE = 320
DASHES = {ALL: [6, 3], NONE: [2, 2]}
HINT = [
    {"field": "strategy", "type": "nominal", "title": "Strategy"},
    {"field": "threshold", "type": "quantitative", "format": ".0%", "title": "Threshold"},
    {"field": "net_benefit", "type": "quantitative", "format": ".3f", "title": "Net benefit"},
    {"field": "avoided", "type": "quantitative", "format": ".0f",
     "title": "Needless actions saved for each 100 patients"},
]  # fmt: skip
"""What a decision curve says of a point."""


def calibration_chart(found: Calibration, colors: Palette = LIGHT) -> alt.LayerChart:
    """`calibration_spec` as an Altair chart."""
    return _chart(calibration_spec(found, colors))


def calibration_spec(found: Calibration, colors: Palette) -> Spec:
    """What was said against what was so: groups with intervals, the curve, and its band."""
    groups = found.groups.assign(
        figures=[f"{round(s * n)} of {n}" for s, n in zip(*_columns(found), strict=True)]
    )
    said = _percent("said", "The model said", colors)
    seen = _percent("seen", "It was so", colors)
    points = {"data": {"values": _records(groups)}}
    curve = {"data": {"values": _records(found.curve)}}
    hint = [
        {"field": "said", "type": "quantitative", "format": ".1%", "title": "Said"},
        {"field": "seen", "type": "quantitative", "format": ".1%", "title": "So"},
        {"field": "figures", "type": "nominal", "title": "Patients"},
    ]
    layers: list[Spec] = [
        {**curve, "mark": {"type": "area", "color": colors.weak, "opacity": 0.35},
         "encoding": {"x": said, "y": {"field": "low", "type": "quantitative"},
                      "y2": {"field": "high"}}},
        {"data": {"values": [{"said": 0, "seen": 0}, {"said": 1, "seen": 1}]},
         "mark": {"type": "line", "color": colors.quiet, "strokeDash": [5, 4]},
         "encoding": {"x": said, "y": seen}},
        {**curve, "mark": {"type": "line", "color": colors.strong, "strokeWidth": 2},
         "encoding": {"x": said, "y": seen}},
        {**points, "mark": {"type": "rule", "color": colors.mark, "strokeWidth": 1.5},
         "encoding": {"x": said, "y": {"field": "low", "type": "quantitative"},
                      "y2": {"field": "high"}}},
        {**points, "mark": {"type": "point", "color": colors.mark, "filled": True, "size": 70,
                            "opacity": 1},
         "encoding": {"x": said, "y": seen, "tooltip": hint}},
    ]  # fmt: skip
    told = (
        "Calibration: groups of patients with like probabilities (points, 95 % intervals), a "
        "smoothed curve, the band where a perfectly calibrated model of as many patients would "
        f"lie, and the diagonal of perfection. {found.words()}"
    )
    return _framed(layers, told, SIDE)


def decision_chart(
    curve: pd.DataFrame, colors: Palette = LIGHT, what: str = "acting"
) -> alt.LayerChart:
    """`decision_spec` as an Altair chart."""
    return _chart(decision_spec(curve, colors, what))


def decision_spec(curve: pd.DataFrame, colors: Palette, what: str = "acting") -> Spec:
    """Net benefit by threshold, a line a strategy; `what` names the action."""
    models = [s for s in dict.fromkeys(curve["strategy"]) if s not in DASHES]
    style = _styles(models, colors)
    top = float(curve["net_benefit"].max())
    top = max(top, 0.01)
    shown = curve[curve["net_benefit"] > -0.3 * top]
    high = min(1.6 * top, float(shown["high"].max())) if len(models) == 1 else 1.1 * top
    x = _percent("threshold", f"Probability at which {what} is worth it", colors)
    x["scale"] = {"domain": [0, float(curve["threshold"].max())]}
    y = {
        "field": "net_benefit",
        "type": "quantitative",
        "title": "Net benefit a patient",
        "axis": {**_axis(colors), "format": ".2f"},
        "scale": {"domain": [-0.05 * top, high]},
    }
    scale = {"domain": list(style), "range": [c for c, _ in style.values()]}
    dash = {"domain": list(style), "range": [d for _, d in style.values()]}
    legend = {"orient": "top", "title": None, "labelColor": colors.text, "labelFontSize": 12,
              "labelLimit": 260, "columns": 2, "symbolSize": 300, "symbolOpacity": 1,
              "symbolType": "stroke"}  # fmt: skip
    band = {
        "mark": {"type": "area", "opacity": 0.12, "clip": True},
        "transform": [{"filter": {"field": "strategy", "oneOf": models}}],
        "encoding": {"x": x, "y": {"field": "low", "type": "quantitative"},
                     "y2": {"field": "high"},
                     "color": {"field": "strategy", "scale": scale, "legend": legend}},
    }  # fmt: skip
    line = {
        "mark": {"type": "line", "strokeWidth": 2.2, "clip": True},
        "encoding": {"x": x, "y": y, "tooltip": HINT,
                     "color": {"field": "strategy", "scale": scale, "legend": legend},
                     "strokeDash": {"field": "strategy", "scale": dash, "legend": legend}},
    }  # fmt: skip
    spec = _framed([band, line] if len(models) == 1 else [line], decision_words(curve), 260)
    return {**spec, "data": {"values": _records(shown)}}


def _styles(models: Sequence[str], colors: Palette) -> dict[str, tuple[str, list[int]]]:
    """Colour and dash of each strategy's line."""
    hues, dashes = (
        [colors.strong, colors.mark, colors.weak, colors.text],
        [[1, 0], [8, 3, 2, 3], [4, 2]],
    )
    style = {
        name: (hues[i % len(hues)], dashes[i // len(hues) % len(dashes)])
        for i, name in enumerate(models)
    }
    return style | {name: (colors.quiet, dash) for name, dash in DASHES.items()}


def decision_words(curve: pd.DataFrame) -> str:
    """Where a model beats acting on all and on none, in a sentence a model."""
    table = curve.pivot_table(index="threshold", columns="strategy", values="net_benefit")
    best = table[[ALL, NONE]].max(axis=1)
    told = []
    for name in table.columns.drop([ALL, NONE]):
        better = table.index[table[name] > best + 1e-9]
        if len(better):
            told.append(
                f"{name} is worth more than acting on all or on none at {len(better)} of "
                f"{len(table)} thresholds, between {better.min():.0%} and {better.max():.0%}"
            )
        else:
            told.append(f"{name} is at no threshold worth more than acting on all or on none")
    return f"Decision curve of net benefit by threshold. {'. '.join(told)}."


def _columns(found: Calibration) -> tuple[Sequence[float], Sequence[int]]:
    return found.groups["seen"].tolist(), found.groups["patients"].tolist()


def _percent(field: str, title: str, colors: Palette) -> Spec:
    axis = {**_axis(colors), "format": ".0%"}
    scale = {"domain": [0, 1]}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis, "scale": scale}


def _axis(colors: Palette) -> Spec:
    return {
        "domain": False,
        "ticks": False,
        "gridColor": colors.grid,
        "labelColor": colors.quiet,
        "titleColor": colors.text,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "tickCount": 6,
    }


def _framed(layers: list[Spec], told: str, height: int) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": told,
        "layer": layers,
        "width": SIDE,
        "height": height,
        "config": {"view": {"stroke": None}},
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.round(6).to_dict("records")]


def _chart(spec: Spec) -> alt.LayerChart:
    chart: alt.LayerChart = alt.LayerChart.from_dict(spec)
    return chart
