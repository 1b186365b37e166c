"""State names that every program can read, and back.

BIF and NET want identifiers, and XMLBIF rewrites what is none without a word. Variables are
identifiers as they are; of the states, age bands and counts begin with a digit.
"""

from __future__ import annotations

import re

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PREFIX = "s_"


def safe(state: str) -> str:
    """An identifier for a state; `original` takes it back. Raises `ValueError` if it can't."""
    out = f"{PREFIX}{state}" if state[:1].isdigit() else state
    if not IDENTIFIER.fullmatch(out) or original(out) != state:
        raise ValueError(f"{state!r} has no safe name")
    return out


def original(name: str) -> str:
    """The state that a safe name stands for."""
    rest = name.removeprefix(PREFIX)
    return rest if rest != name and rest[:1].isdigit() else name
