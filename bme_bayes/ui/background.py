"""Slow answers beside the page: worked out in a thread, and drawn when they are there.

A click is answered only after the run before it has ended. So nothing slow is worked out within
a run: the area that waits is drawn again by the browser a little later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import streamlit as st

from bme_bayes.ui.failures import note

Answer = TypeVar("Answer")
JOBS = "background_jobs"
KEPT = 16
LATER = """export default function ({ data, setTriggerValue }) {
  const timer = setTimeout(() => setTriggerValue("due", true), data.milliseconds);
  return () => clearTimeout(timer);
}"""


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")


def started(name: Hashable, work: Callable[[], Answer]) -> Future[Answer]:
    """The job of that name in this session. `work` must not use Streamlit.

    Jobs of other names that have not begun are given up: nobody looks at their case any more.
    """
    jobs: dict[Hashable, Future[Answer]] = st.session_state.setdefault(JOBS, {})
    if name not in jobs or jobs[name].cancelled():
        for other in [key for key, job in jobs.items() if job.cancel()]:
            del jobs[other]
        while len(jobs) >= KEPT:
            del jobs[next(iter(jobs))]
        jobs[name] = _pool().submit(work)
    return jobs[name]


def finished(job: Future[Answer]) -> Answer | None:
    """What a job found; None while it runs, and where it failed."""
    if not job.done() or job.cancelled():
        return None
    error = job.exception()
    if error is not None:
        note("a slow answer failed", error)
        return None
    return job.result()


def look_again(job: Future[Answer], key: str, milliseconds: int = 300) -> None:
    """Let the browser draw the present fragment again soon, if the job still runs."""
    if not job.done():
        later = st.components.v2.component("look_again", js=LATER)
        # Data that differ each time set the timer again.
        data = {"milliseconds": milliseconds, "asked": time.monotonic()}
        later(data=data, key=key, on_due_change=_nothing)


def _nothing() -> None:
    """The fragment is drawn again because its component has spoken; there is no more to do."""
