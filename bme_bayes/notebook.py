"""Answers as notebooks show them: tables with bars; markup in names and labels stays text.

Colours follow the notebook's theme: text and rules take the colour of the page's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

STRONG, WEAK, MARK = "#2a7f9e", "#2a7f9e55", "#c4622d"
WIDTH, HEIGHT = 140, 12
CELL = "padding:2px 10px 2px 0;text-align:{};vertical-align:middle"


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def table_html(frame: pd.DataFrame, **formats: Any) -> str:
    """A table as HTML; `formats` are those of `pandas.io.formats.style.Styler.format`."""
    style = frame.style.format(escape="html", **formats)
    for axis in (0, 1):
        style = style.format_index(escape="html", axis=axis)
    return str(style.to_html())


def answer_html(
    title: str, head: Sequence[str], rows: Iterable[Sequence[object]], *notes: str
) -> str:
    """An answer: a title, a table of cells (text, numbers as text, `Markup`), and notes below.

    Columns with an empty head hold bars and are left out by screen readers.
    """
    top = "".join(f'<th style="{CELL.format("left")}">{escape(h)}</th>' for h in head)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    below = "".join(f"<p>{escape(n)}</p>" for n in notes)
    return (
        f"<div><p><b>{escape(title)}</b></p><table><thead><tr>{top}</tr></thead>"
        f"<tbody>{body}</tbody></table>{below}</div>"
    )


def percent(p: float | None) -> str:
    """A probability in per cent."""
    if p is None:
        return "-"
    if 0 < p < 0.0005 or 0.9995 < p < 1:
        return "<0.1%" if p < 0.5 else ">99.9%"
    return f"{p:.0%}" if 0.095 <= p <= 0.905 or p in (0, 1) else f"{p:.1%}"


def count_of_100(p: float, brief: bool = False) -> str:
    """How many of 100; never 0 or 100 unless it is.

    >>> count_of_100(0.34), count_of_100(0.004), count_of_100(0.999, brief=True)
    ('34', 'fewer than 1', '>99')
    """
    if 0 < p < 0.01:
        return f"{'<' if brief else 'fewer than '}1"
    if 0.99 < p < 1:
        return f"{'>' if brief else 'more than '}99"
    return f"{p * 100:.0f}"


def bar(main: float, whole: float | None = None, mark: float | None = None) -> Markup:
    """A bar of 0 to 1, before it a faint longer one, and a mark."""
    parts = [_rectangle(0, whole, WEAK)] if whole is not None else []
    parts.append(_rectangle(0, main, STRONG))
    if mark is not None:
        parts.append(_tick(mark))
    return _picture(parts)


def signed_bar(value: float, most: float) -> Markup:
    """A bar to the right (above 0) or to the left of the middle; `most` fills one side."""
    half = min(abs(value) / most, 1.0) / 2 if most else 0.0
    start, color = (0.5, STRONG) if value >= 0 else (0.5 - half, MARK)
    return _picture([_rectangle(start, half, color), _tick(0.5, "currentColor", 1)])


def span(low: float, high: float, value: float) -> Markup:
    """An interval within 0 to 1 with a mark at its value."""
    low, high = sorted((low, high))
    return _picture([_rectangle(low, max(high - low, 0.01), STRONG), _tick(value)])


def _rectangle(start: float, width: float, color: str) -> str:
    x, wide = start * WIDTH, min(max(width, 0.0), 1.0) * WIDTH
    return f'<rect x="{x:.1f}" y="2" width="{wide:.1f}" height="{HEIGHT - 4}" fill="{color}"/>'


def _tick(place: float, color: str = MARK, width: int = 2) -> str:
    x = min(max(place, 0.0), 1.0) * (WIDTH - width)
    return f'<rect x="{x:.1f}" y="0" width="{width}" height="{HEIGHT}" fill="{color}"/>'


def _picture(parts: Sequence[str]) -> Markup:
    return Markup(
        f'<svg aria-hidden="true" width="{WIDTH}" height="{HEIGHT}" '
        f'style="border-bottom:1px solid #8886;min-width:{WIDTH}px">{"".join(parts)}</svg>'
    )


def _cell(value: object) -> str:
    text = value if isinstance(value, Markup) else escape(str(value))
    number = not isinstance(value, Markup) and str(value)[:1].isdigit()
    style = CELL.format("right;white-space:nowrap" if number else "left")
    return f'<td style="{style}">{text}</td>'
