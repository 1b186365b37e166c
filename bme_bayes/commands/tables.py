"""Plain-text tables and words for probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill


def table(rows: Sequence[Sequence[str]], head: Sequence[str], right: Sequence[int] = ()) -> str:
    """Rows under a head, in columns; the columns in `right` are set flush right."""
    cells = [list(head), *[list(r) for r in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for row in cells:
        parts = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(parts).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def percent(p: float) -> str:
    """A probability in per cent, without false precision at either end."""
    if 0 < p < 0.001:
        return "<0.1 %"
    if 0.999 < p < 1:
        return ">99.9 %"
    return f"{p * 100:.1f} %" if p < 0.0995 or p > 0.9005 else f"{p * 100:.0f} %"


def of_hundred(p: float) -> str:
    """A natural frequency: how many of 100 (or of 1000) patients like this."""
    if p >= 0.995:
        return "nearly all"
    if p >= 0.0095:
        return f"{p * 100:.0f} of 100"
    return f"{p * 1000:.0f} of 1000" if p >= 0.0005 else "fewer than 1 of 1000"


def model_versions(used: Mapping[str, str]) -> str:
    """The versions of the networks that an answer comes from, by region, in a line."""
    noun = "Model version" if len(used) == 1 else "Model versions"
    return f"{noun}: {', '.join(f'{region} {version}' for region, version in used.items())}"


def paragraph(text: str, indent: str = "") -> str:
    """A text wrapped to the width of a page."""
    return fill(
        text,
        96,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
