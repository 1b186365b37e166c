"""Both themes can be read: contrast as WCAG 2.2 defines it."""

import tomllib
from pathlib import Path

import pytest

CONFIG = Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml"
THEMES = tomllib.loads(CONFIG.read_text())["theme"]


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def mixed(color: str, background: str, share: float) -> str:
    both = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (color, background)]
    return "#" + "".join(
        f"{round(share * a + (1 - share) * b):02x}" for a, b in zip(*both, strict=True)
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_accents_stand_out(theme: str) -> None:
    colors = THEMES[theme]
    tint = mixed(colors["primaryColor"], colors["backgroundColor"], 0.1)
    assert contrast(colors["primaryColor"], tint) >= 4.5
    faded = mixed(colors["textColor"], colors["backgroundColor"], 0.6)
    assert contrast(faded, colors["backgroundColor"]) >= 4.5
    for background in (colors["backgroundColor"], colors["secondaryBackgroundColor"]):
        assert contrast(colors["textColor"], background) >= 7
        assert contrast(colors["linkColor"], background) >= 4.5
        assert contrast(colors["primaryColor"], background) >= 3
        assert contrast(colors["borderColor"], background) >= 2.5


def test_no_white_on_the_accent() -> None:
    pages = CONFIG.parents[1] / "bme_bayes" / "ui"
    assert not [p.name for p in pages.rglob("*.py") if 'type="primary"' in p.read_text()]
