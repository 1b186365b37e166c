"""What has to hold of every input: an answer that is whole, or an error that can be acted on."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

import bme_bayes as bb

SECONDS = 10
LEAKS = ("Traceback", " object at 0x", "<class ", "<function", "site-packages", "NoneType")
LONGEST = 20_000


class Fault(AssertionError):
    """An input did what no input may do."""


class Hang(Fault):
    """Reading took more than `SECONDS` of the processor."""


@contextmanager
def in_time(seconds: int = SECONDS) -> Iterator[None]:
    """Raise `Hang` after so many seconds of the processor, however busy the computer is.

    In the main thread, and where there are such timers. What waits without working is ended by
    the nightly command's own limit.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_: int, __: FrameType | None) -> None:
        raise Hang(f"not finished after {seconds} s")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def check_message(error: BaseException, *places: str) -> None:
    """An error names one of the places, says more than a word, and shows nothing of Python."""
    text = str(error)
    if len(text) < 12 or len(text) > LONGEST:
        raise Fault(f"an error of {len(text)} characters: {text[:80]!r}")
    if any(leak in text for leak in LEAKS):
        raise Fault(f"an error shows how the program is made: {text[:200]!r}")
    if places and not any(place in text for place in places):
        raise Fault(f"an error that does not say where ({places}): {text[:200]!r}")
    if isinstance(error, bb.UnknownName) and not ("did you mean" in text or "known:" in text):
        raise Fault(f"an error without a remedy: {text[:200]!r}")


def check_posterior(found: bb.Posterior) -> None:
    """Probabilities in [0, 1] that sum as they must; a finite log evidence."""
    total = found.unexplained
    for name, d in found.diagnoses.items():
        for p in (d.main_cause, d.present, *d.states.values(), *d.kinds.values()):
            if not -1e-12 <= p <= 1 + 1e-9:
                raise Fault(f"{name}: {p!r} is no probability")
        if d.main_cause > d.present + 1e-9:
            raise Fault(f"{name}: main cause {d.main_cause!r} above presence {d.present!r}")
        if abs(sum(d.kinds.values()) - d.present) > 1e-9:
            raise Fault(f"{name}: kinds do not sum to its presence")
        total += d.main_cause
    if abs(total - 1) > 1e-8:
        raise Fault(f"main causes sum to {total!r}")
    if not math.isfinite(found.log_evidence):
        raise Fault(f"log evidence {found.log_evidence!r}")


def check_answer(engine: bb.Engine, findings: Mapping[str, object]) -> bool:
    """Whether the engine answers; if not, that it says why."""
    try:
        found = engine.posterior(findings)
    except bb.BmeBayesError as error:
        check_message(error)
        return False
    check_posterior(found)
    return True


def same(read: object, written: object) -> bool:
    """Whether a value read from YAML is what stands in the file (`written`: texts alone)."""
    if isinstance(written, dict):
        return (
            isinstance(read, Mapping)
            and list(map(str, read)) == list(map(str, written))
            and all(same(read[str(k)], v) for k, v in written.items())
        )
    if isinstance(written, list):
        return (
            isinstance(read, list)
            and len(read) == len(written)
            and all(same(a, b) for a, b in zip(read, written, strict=True))
        )
    if read is None:
        return written in ("", "~", "null")
    if isinstance(read, bool):
        return written in (("true", "True") if read else ("false", "False"))
    if isinstance(read, int | float):
        return float(str(written)) == float(read)
    return bool(read == written)
