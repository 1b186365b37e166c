"""The picture of a region's graph: risk factors, diagnoses, processes, findings and their links.

Pure: no Streamlit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from textwrap import wrap
from typing import Any

from bme_bayes.network import EDEMA, Network, Variable
from bme_bayes.ui.charts import Palette
from bme_bayes.ui.network_links import Edge, chosen, edges
from bme_bayes.ui.row_charts import SCHEMA
from bme_bayes.ui.words import short

Spec = dict[str, Any]
COLUMN = {"context": 0, "risk": 0, "diagnosis": 1, "process": 2, "sign": 3, "finding": 3}
TITLES = ("Patient and risk factors", "Diagnoses", "Processes", "Findings")
FEW = 100
LINE, ROOMY, FEW_ROWS = 19, 30, 20
"""Pixels of a row, of one of a few rows, and how many are a few."""
PHONE = "width < 520"
PLACES = (0.0, 0.95, 1.8, 2.6)
"""Where the columns begin on a phone: there names stand on two lines, those of findings on one."""
NARROW = 13
PICK = "picked"


def map_spec(network: Network, name: str | None, lit: Mapping[str, str], colors: Palette) -> Spec:
    """The graph as a chart: columns of names with lines between them.

    `lit` are the findings entered, with their answers; a click on a name is the parameter `PICK`.
    """
    drawn = chosen(edges(network), name)
    keep = {v for e in drawn for v in (e.source, e.target)} if name else set(network.variables)
    places, height = _places(network, keep)
    points = [
        {
            **place,
            "id": v,
            "name": _named(network.variable(v).label, lit.get(v)),
            "lines": _lines(_named(short(v, network.labels), lit.get(v)), place["x"]),
            "look": _look(v, name, lit),
        }
        for v, place in places.items()
    ]
    lines = [
        {
            **places[e.source],
            **{f"{name}2": at for name, at in places[e.target].items()},
            "strength": e.strength,
            "way": e.way,
            "link": f"{network.variable(e.source).label} → {network.variable(e.target).label}",
        }
        for e in drawn
    ]
    return _spec(points, lines, _told(network, name, drawn, lit), height, colors)


def _places(network: Network, keep: Collection[str]) -> tuple[dict[str, Spec], int]:
    columns: list[list[Variable]] = [[], [], [], []]
    for variable in network.variables.values():
        if variable.id in keep or variable.id == EDEMA:
            columns[COLUMN[variable.role]].append(variable)
    longest = max(map(len, columns))
    places = {
        v.id: {"x": x, "narrow": PLACES[x], "y": (i + 0.5) / len(column)}
        for x, column in enumerate(columns)
        for i, v in enumerate(column)
    }
    return places, max((ROOMY if longest <= FEW_ROWS else LINE) * longest, 160)


def _named(label: str, answer: str | None) -> str:
    """A name, with the answer where one has been entered."""
    return f"{label}: {answer}" if answer else label


def _lines(name: str, column: int) -> str:
    """A name as it stands on a phone: in all columns but the last on two lines."""
    if column == len(PLACES) - 1:
        return name
    return "\n".join(wrap(name, NARROW, max_lines=2, placeholder="…", break_long_words=False))


def _look(variable: str, name: str | None, lit: Collection[str]) -> str:
    if variable == name:
        return "chosen"
    return "entered" if variable in lit else "other"


def _told(network: Network, name: str | None, drawn: list[Edge], lit: Collection[str]) -> str:
    entered = f" {len(lit)} are entered in the explorer." if lit else ""
    if name is None:
        return (
            f"Graph of {len(network.variables)} variables in four columns ({', '.join(TITLES)}) "
            f"with {len(drawn)} strong links.{entered}"
        )
    label = network.variable(name).label
    return f"Graph of the {len(drawn)} links of {label}; the lists below name them.{entered}"


def _spec(points: list[Spec], lines: list[Spec], told: str, height: int, colors: Palette) -> Spec:
    x: Spec = {"field": "at", "type": "quantitative", "axis": None}
    y: Spec = {"field": "y", "type": "quantitative", "axis": None}
    place = {
        "x": {**x, "scale": {"domain": [-0.02, 4]}},
        "y": {**y, "scale": {"domain": [0, 1], "reverse": True}},
    }
    return {
        "$schema": SCHEMA,
        "description": told,
        "layer": [
            {**_placed(lines), **_rules(place, len(lines), colors)},
            {
                **_placed(points),
                "mark": {"type": "point", "filled": True, "opacity": 1, "cursor": "pointer"},
                "params": [{"name": PICK, "select": {"type": "point", "fields": ["id"]}}],
                "encoding": {**place, "color": _looks(colors), **_weight()},
            },
            {**_placed(points), **_names(place, colors, halo=True)},
            {**_placed(points), **_names(place, colors)},
        ],
        "resolve": {"scale": {"color": "independent"}},
        "height": height,
        "config": {"view": {"stroke": None}},
    }


def _placed(rows: list[Spec]) -> Spec:
    """Rows with the column that they begin in, `at`, and that a line ends in, `at2`."""
    at = [
        {"calculate": f"{PHONE} ? datum.narrow{n} : datum.x{n}", "as": f"at{n}"} for n in ("", "2")
    ]
    return {"data": {"values": rows}, "transform": at}


def _rules(place: Spec, count: int, colors: Palette) -> Spec:
    """The lines between the variables."""
    ways = {"raises": colors.strong, "lowers": colors.mark, "either": colors.quiet}
    width: Spec = {"field": "strength", "type": "quantitative", "legend": None}
    return {
        "mark": {"type": "rule", "opacity": 0.28 if count > FEW else 0.6},
        "encoding": {
            **place,
            "x2": {"field": "at2"},
            "y2": {"field": "y2"},
            "color": _colored("way", ways),
            "strokeWidth": {**width, "scale": {"range": [0.5, 4]}},
            "tooltip": [{"field": "link", "type": "nominal", "title": "Link"}],
        },
    }


def _names(place: Spec, colors: Palette, *, halo: bool = False) -> Spec:
    """The names of the variables, cut to the width of a column; a halo keeps lines off them."""
    two = f"{PHONE} && indexof(datum.lines, '\\n') > 0"
    above = {"expr": f"(datum.look == 'chosen' ? -12 : 0) - ({two} ? 6 : 0)"}
    last = f"{PHONE} && datum.x == {len(PLACES) - 1}"
    limit = {"expr": f"{last} ? width * 0.34 : width / 4 - ({PHONE} ? 8 : 16)"}
    text: Spec = {"type": "text", "align": "left", "dx": 7, "dy": above, "limit": limit}
    text |= {"fontSize": {"expr": f"{PHONE} ? 11 : 12"}, "lineBreak": "\n", "lineHeight": 12}
    if halo:
        text |= {"stroke": colors.paper, "strokeWidth": 3, "strokeJoin": "round", "opacity": 0.85}
    plain = {"test": "datum.look == 'other'", "value": "normal"}
    return {
        "mark": text,
        "encoding": {
            **place,
            "text": {"condition": {"test": PHONE, "field": "lines"}, "field": "name"},
            "color": {"value": colors.paper} if halo else _looks(colors),
            "fontWeight": {"condition": plain, "value": "bold"},
            "tooltip": [{"field": "name", "type": "nominal", "title": "Name"}],
        },
    }


def _weight() -> Spec:
    """Entered variables are larger diamonds, the others small circles: not colour alone."""
    entered = {"test": "datum.look == 'entered'"}
    return {
        "shape": {"condition": {**entered, "value": "diamond"}, "value": "circle"},
        "size": {"condition": {**entered, "value": 110}, "value": 45},
    }


def _looks(colors: Palette) -> Spec:
    looks = {"other": colors.text, "entered": colors.mark, "chosen": colors.strong}
    return _colored("look", looks)


def _colored(field: str, by: dict[str, str]) -> Spec:
    scale = {"domain": list(by), "range": list(by.values())}
    return {"field": field, "type": "nominal", "legend": None, "scale": scale}
