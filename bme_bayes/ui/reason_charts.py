"""Charts of reasons: what speaks for and against, which numbers matter, what tests would tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bme_bayes.questions.bundles import BundleValue
from bme_bayes.questions.explain import Weighing
from bme_bayes.questions.sensitivity import NumberSensitivity
from bme_bayes.questions.words import in_sentence, percent
from bme_bayes.ui.charts import Palette
from bme_bayes.ui.row_charts import Mark, Row, Spec, row_chart

FACTORS = (1 / 100, 1 / 30, 1 / 10, 1 / 3, 1, 3, 10, 30, 100)
LEAST = 3.0
"""The axis of odds goes to this factor at least, on both sides."""
LABEL = (
    "datum.value == 1 ? 'no change' : "
    "datum.value > 1 ? '×' + format(datum.value, '.0f') : '÷' + format(1 / datum.value, '.0f')"
)


def tests_spec(tests: Sequence[BundleValue], colors: Palette) -> Spec:
    """How much each test tells, as a share of what the most telling one does."""
    most = max((test.bits for test in tests), default=0.0) or 1.0
    rows: list[Row] = [
        {
            "row": number,
            "name": f"{number + 1}.  {test.label}",
            "figures": f"burden {test.burden}",
            "tells": test.bits / most,
        }
        for number, test in enumerate(tests)
    ]
    mark = Mark("tells", "Tells, compared with the most telling", "bar", colors.strong)
    told = "; ".join(f"{t.label}: {percent(t.bits / most)}, burden {t.burden}" for t in tests)
    head = "Bar chart of how much tests tell, compared with the most telling one"
    return row_chart(rows, [mark], f"{head}. {told}.", colors)


def weights_spec(weighing: Weighing, shown: int, name: str, colors: Palette) -> Spec:
    """What each finding makes of the odds of a diagnosis, given the others; weightiest first."""
    found = weighing.findings[:shown]
    rows: list[Row] = [
        {
            "row": number,
            "name": f.label,
            "figures": f"{in_sentence(f.state)}, {_factor(f.weight)}",
            "from": 1.0,
            "factor": _within(f.weight),
            "side": "for" if f.weight > 0 else "against",
        }
        for number, f in enumerate(found)
    ]
    ends = max([LEAST, *(max(r["factor"], 1 / r["factor"]) for r in rows)]) * 1.1
    mark = Mark("factor", "Odds changed by", "bar", colors.strong)
    told = "; ".join(f"{f.label}: {in_sentence(f.state)}, {_factor(f.weight)}" for f in found)
    head = f"Bar chart of what speaks for and against {name}, as a change of its odds"
    spec = row_chart(rows, [mark], f"{head}. {told}.", colors)
    bar = spec["layer"][0]
    bar["mark"] = {"type": "bar", "height": 11}
    bar["encoding"] = {
        "x": {
            "field": "factor",
            "type": "quantitative",
            "scale": {"type": "log", "domain": [1 / ends, ends]},
            "axis": _odds_axis(ends, bar["encoding"]["x"]["axis"]),
        },
        "x2": {"field": "from"},
        "color": {
            "field": "side",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": ["for", "against"], "range": [colors.strong, colors.mark]},
        },
    }
    return spec


def numbers_spec(
    numbers: Sequence[NumberSensitivity],
    names: Sequence[str],
    now: float,
    name: str,
    colors: Palette,
) -> Spec:
    """Tornado: how likely a diagnosis is with each number at the ends of its interval."""
    rows: list[Row] = [
        {
            "row": place,
            "name": f"{place + 1}.  {told}",
            "figures": " to ".join(percent(p) for p in sorted((n.at_low, n.at_high))),
            "at_low": n.at_low,
            "at_high": n.at_high,
            "now": now,
        }
        for place, (n, told) in enumerate(zip(numbers, names, strict=True))
    ]
    marks = [
        Mark("at_low", "Number at its low end", "bar", colors.weak),
        Mark("now", "Now", "tick", colors.mark),
    ]
    told = "; ".join(f"{r['name']}: {r['figures']}" for r in rows)
    head = f"Tornado chart: how likely {name} is as the main cause, now {percent(now)}, with each"
    spec = row_chart(rows, marks, f"{head} number at the ends of its interval. {told}.", colors)
    bar = spec["layer"][0]
    bar["mark"] = {"type": "bar", "height": 11, "color": colors.weak}
    bar["encoding"]["x2"] = {"field": "at_high"}
    return spec


def _odds_axis(ends: float, axis: dict[str, Any]) -> dict[str, Any]:
    values = [f for f in FACTORS if 1 / ends <= f <= ends]
    if len(values) > len(FACTORS) // 2 + 1:
        values = [f for f in values if math.log10(f).is_integer()]
    kept = {key: value for key, value in axis.items() if key != "format"}
    return {**kept, "values": values, "labelExpr": LABEL}


def _within(weight: float) -> float:
    """A factor on the odds that can be drawn: between a millionth and a million."""
    return math.exp(max(min(weight, math.log(1e6)), -math.log(1e6)))


def _factor(weight: float) -> str:
    factor = _within(abs(weight))
    told = f"{factor:.1f}" if factor < 10 else f"{factor:.0f}"
    if told == "1.0":
        return "no change"
    return f"for ×{told}" if weight > 0 else f"against ÷{told}"
