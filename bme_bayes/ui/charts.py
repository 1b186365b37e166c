"""Charts for pages and notebooks: pure functions from answers to Altair charts.

`differential` and `next_steps` return Altair charts. Pages draw the same specification from
`differential_spec` and `next_steps_spec`: building and validating an Altair chart anew at each
click takes longer than everything else on the page, so its template is made once.

Each row has its words above its marks: a chart can then be read at the width of a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt

from bme_bayes.posterior import Posterior
from bme_bayes.questions.uncertainty import Uncertainty
from bme_bayes.questions.value import FindingValue
from bme_bayes.ui.chart_rows import Row, differential_rows, next_rows

Spec = dict[str, Any]
ROW, FRAME = 40, 42
"""Height of a row, and of what is above and below all rows: Streamlit fits both into `height`."""
ABOVE = -15
ROOM = "max(width - 6.5 * length(datum.figures) - 14, 60)"
"""Pixels that a name has beside its figures; Vega cuts what is longer."""


@dataclass(frozen=True)
class Palette:
    """Colours that stand out from one background, `paper`."""

    strong: str
    weak: str
    text: str
    quiet: str
    grid: str
    mark: str
    paper: str


LIGHT = Palette("#0b5f78", "#a9cdd8", "#1b242c", "#55626d", "#dde3e8", "#b3541e", "#ffffff")
DARK = Palette("#4fa9c4", "#2f5a69", "#eceff2", "#a9b5bf", "#2b3640", "#f0a56b", "#0f1418")


def palette(theme: str | None) -> Palette:
    """The palette of a theme, `light` or `dark`."""
    return DARK if theme == "dark" else LIGHT


def differential(
    now: Posterior,
    start: Posterior | None = None,
    before: Posterior | None = None,
    colors: Palette = LIGHT,
    sure: Uncertainty | None = None,
) -> alt.LayerChart:
    """Ranked diagnoses: main cause (strong), present at all (faint), before any finding (mark).

    `start` is the answer before any finding, `before` the one before the last step, `sure` its
    credible intervals (thin line).
    """
    return _chart(differential_spec(now, start, before, colors, sure))


def differential_spec(
    now: Posterior,
    start: Posterior | None,
    before: Posterior | None,
    colors: Palette,
    sure: Uncertainty | None = None,
) -> Spec:
    """The Vega-Lite specification of `differential`."""
    rows, told = differential_rows(now, start, before, sure)
    return _filled(_differential_template(colors), rows, told)


def next_steps(
    findings: Sequence[FindingValue],
    diagnosis: str,
    now: Posterior,
    answers: Mapping[tuple[str, str], str],
    colors: Palette = LIGHT,
) -> alt.LayerChart:
    """How each result of each finding would move one diagnosis as the main cause.

    `answers` holds the words for (finding, state).
    """
    return _chart(next_steps_spec(findings, diagnosis, now, answers, colors))


def next_steps_spec(
    findings: Sequence[FindingValue],
    diagnosis: str,
    now: Posterior,
    answers: Mapping[tuple[str, str], str],
    colors: Palette,
) -> Spec:
    """The Vega-Lite specification of `next_steps`."""
    rows, told = next_rows(findings, diagnosis, now, answers)
    return _filled(_next_template(colors), rows, told)


@lru_cache
def _differential_template(colors: Palette) -> Spec:
    base = _base()
    hint = [
        alt.Tooltip("name:N", title="Diagnosis"),
        alt.Tooltip("main:Q", title="Main cause", format=".1%"),
        alt.Tooltip("present:Q", title="Present", format=".1%"),
        alt.Tooltip("interval:N", title="95 % interval of the main cause"),
        alt.Tooltip("start:Q", title="Before any finding", format=".1%"),
        alt.Tooltip("since_start:N", title="Change since then (points)"),
    ]
    bar: dict[str, Any] = {"height": 11, "cornerRadiusEnd": 2}
    layers = [
        base.mark_bar(color=colors.weak, **bar).encode(x=_share("present", colors), tooltip=hint),
        base.mark_bar(color=colors.strong, **bar).encode(x="main:Q", tooltip=hint),
        base.mark_rule(strokeWidth=2, color=colors.text, aria=False).encode(
            x="low:Q", x2="high:Q", tooltip=hint
        ),
        _mark(base, colors).encode(x="start:Q", tooltip=hint),
        *_words(base, colors),
    ]
    return _template(layers)


@lru_cache
def _next_template(colors: Palette) -> Spec:
    base = _base()
    places = ["first", "between", "last"]
    fill = alt.Scale(domain=places, range=[colors.quiet, colors.weak, colors.strong])
    shape = alt.Scale(domain=places, range=["square", "diamond", "circle"])
    hint = [
        alt.Tooltip("finding:N", title="Finding"),
        alt.Tooltip("result:N", title="If"),
        alt.Tooltip("after:Q", title="It would be", format=".1%"),
        alt.Tooltip("chance:Q", title="How likely this result is", format=".1%"),
    ]
    layers = [
        base.mark_rule(strokeWidth=3, color=colors.weak).encode(
            x=_share("low", colors), x2="high:Q"
        ),
        _mark(base, colors).encode(x="now:Q"),
        base.mark_point(size=120, filled=True, opacity=1).encode(
            x="after:Q",
            color=alt.Color("place:N", legend=None, scale=fill),
            shape=alt.Shape("place:N", legend=None, scale=shape),
            tooltip=hint,
        ),
        *_words(base, colors),
    ]
    return _template(layers)


@dataclass(frozen=True)
class Picture:
    """A specification that a notebook shows, by the renderer that Altair's charts use."""

    spec: Spec

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:  # noqa: ARG002
        renderer = alt.renderers.get()
        return renderer(self.spec) if renderer else {"text/plain": self.spec["description"]}


def in_notebook(spec: Spec, width: int = 480) -> Picture:
    """Any chart of the pages, for a notebook."""
    return Picture({"width": width, **spec})


def _base() -> alt.Chart:
    scale = alt.Scale(paddingInner=0, paddingOuter=0)
    return alt.Chart().encode(y=alt.Y("row:O", axis=None, sort=None, scale=scale))


def _mark(base: alt.Chart, colors: Palette) -> alt.Chart:
    mark: alt.Chart = base.mark_tick(thickness=2.5, size=13, color=colors.mark)
    return mark


def _share(field: str, colors: Palette) -> alt.X:
    axis = alt.Axis(
        format=".0%",
        values=[0, 0.25, 0.5, 0.75, 1],
        title=None,
        domain=False,
        ticks=False,
        gridColor=colors.grid,
        labelColor=colors.quiet,
    )
    return alt.X(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, 1]))


def _words(base: alt.Chart, colors: Palette) -> list[alt.Chart]:
    style: dict[str, Any] = {"baseline": "middle", "dy": ABOVE, "fontSize": 13}
    left = base.mark_text(align="left", color=colors.text, limit=alt.expr(ROOM), **style)
    right = base.mark_text(align="right", color=colors.text, **style)
    return [
        left.encode(x=alt.value(0), text="name:N"),
        right.encode(x=alt.value("width"), text="figures:N"),
    ]


def _template(layers: Sequence[alt.Chart]) -> Spec:
    padding = {"top": 14, "left": 2, "right": 8, "bottom": 2}
    chart = alt.layer(*layers).properties(padding=padding, data=alt.NamedData("rows"))
    return dict(chart.configure_view(stroke=None).to_dict())


def _filled(template: Spec, rows: Sequence[Row], told: str) -> Spec:
    count = len({row["row"] for row in rows})
    height = ROW * max(count, 1) + FRAME
    return {**template, "data": {"values": list(rows)}, "height": height, "description": told}


def _chart(spec: Spec) -> alt.LayerChart:
    chart: alt.LayerChart = alt.LayerChart.from_dict(spec, validate=False)
    return chart
