"""Garbage is collected at the pace of the app, not of each click.

Streamlit looks for garbage at the end of every run, through everything that lives in the process:
libraries, models and all sessions. With many sessions that takes far longer than the run itself.
What has been set aside is not looked through.
"""

from __future__ import annotations

import gc
import time
from threading import Lock

PAUSE = 15.0
"""Seconds until what was set aside is looked through again, so that nothing is kept for ever."""
_lock = Lock()
_settled = [-PAUSE]


def settle(*, now: bool = False) -> None:
    """Collect what is garbage and set the rest aside; not oftener than each `PAUSE`, or `now`."""
    if not now and time.monotonic() - _settled[0] < PAUSE:
        return
    if _lock.acquire(blocking=False):
        try:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            _settled[0] = time.monotonic()
        finally:
            _lock.release()
