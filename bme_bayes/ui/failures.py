"""Failures in the log without what was entered: where the program failed, not on whose findings."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

log = logging.getLogger("bme_bayes.ui")
FRAMES = 6


def note(what: str, error: BaseException) -> None:
    """Log the kind of an error and the last places in the code; its text may hold findings."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    log.error("%s: %s at %s", what, type(error).__name__, places)
