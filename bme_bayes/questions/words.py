"""Words for findings, weights and probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bme_bayes.network import Variable

Floats = NDArray[np.float64]
STRENGTHS = ((1.25, "hardly"), (2.0, "a little"), (5.0, "clearly"), (20.0, "strongly"))


def finding_words(variable: Variable, known: Floats) -> str:
    """The state that was seen; uncertain ones with their relative weights."""
    seen = [(s, float(w)) for s, w in zip(variable.states, known, strict=True) if w > 0]
    if len(seen) == 1:
        return variable.state_label(seen[0][0])
    total = sum(w for _, w in seen)
    return " or ".join(f"{variable.state_label(s)} ({w / total:.0%})" for s, w in seen)


def strength(weight: float, label: str) -> str:
    """How strongly a weight (natural log-odds) speaks for or against something, in words."""
    factor = float(np.exp(min(abs(weight), 700)))
    word = next((w for limit, w in STRENGTHS if factor < limit), "very strongly")
    if word == "hardly":
        return f"Says hardly anything about {label}"
    shown = f"{factor:.1f}" if factor < 10 else f"{min(factor, 1e6):.0f}"
    side, change = ("for", "times") if weight > 0 else ("against", "divided by")
    return f"Speaks {word} {side} {label}: its odds {change} {shown}"
