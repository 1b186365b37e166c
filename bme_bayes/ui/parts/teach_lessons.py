"""The lessons: a choice, and the one that is chosen."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from bme_bayes.ui.guard import guarded
from bme_bayes.ui.parts import (
    lesson_base_rate,
    lesson_exclusion,
    lesson_idle,
    lesson_ratio,
    lesson_twice,
)

TOPIC = "lesson"
LESSONS: dict[str, Callable[[], None]] = {
    "How common is it?": lesson_base_rate.draw,
    "What a result is worth": lesson_ratio.draw,
    "A diagnosis of exclusion": lesson_exclusion.draw,
    "Counted twice": lesson_twice.draw,
    "What does not matter": lesson_idle.draw,
}


def draw() -> None:
    """The lessons, each on the model as it stands."""
    chosen = st.pills(
        "Lesson",
        list(LESSONS),
        default=next(iter(LESSONS)),
        required=True,
        key=TOPIC,
        persist_state="session",
        wrap=True,
    )
    guarded(LESSONS[chosen or next(iter(LESSONS))])
