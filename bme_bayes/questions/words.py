"""Words for findings, weights and probabilities, in answers, reports and pages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bme_bayes.network import Variable

Floats = NDArray[np.float64]
WIDE = "\N{NO-BREAK SPACE}"
PEOPLE = ("Modic",)
STRENGTHS = ((1.25, "hardly"), (2.0, "a little"), (5.0, "clearly"), (20.0, "strongly"))


def in_sentence(name: str) -> str:
    """A label inside a sentence: lower case unless it starts with a name or an abbreviation."""
    keep = name.startswith(PEOPLE) or not name[1:2].islower()
    return name if keep else name[:1].lower() + name[1:]


def percent(probability: float) -> str:
    """A probability as a whole percentage; never 0 or 100 unless it is."""
    if 0 < probability < 0.01:
        return f"<1{WIDE}%"
    if 0.99 < probability < 1:
        return f">99{WIDE}%"
    return f"{probability * 100:.0f}{WIDE}%"


def of_100(probability: float, brief: bool = False) -> str:
    """A natural frequency, always of 100, so that two of them can be compared at a glance."""
    if 0 < probability < 0.01:
        return f"{'<' if brief else 'fewer than '}1 of 100"
    if 0.99 < probability < 1:
        return f"{'>' if brief else 'more than '}99 of 100"
    return f"{probability * 100:.0f} of 100"


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
        return f"Says hardly anything about {in_sentence(label)}"
    shown = f"{factor:.1f}" if factor < 10 else f"{min(factor, 1e6):.0f}"
    side, change = ("for", "times") if weight > 0 else ("against", "divided by")
    return f"Speaks {word} {side} {in_sentence(label)}: its odds {change} {shown}"


def weight_words(finding: str, state: str, diagnosis: str, weight: float, chance: Floats) -> str:
    """What a finding says of a diagnosis.

    `chance` is how often it is seen in patients with the diagnosis, and in those without.
    """
    seen = [f"{100 * min(float(c), 1.0):.0f}" for c in chance]
    return (
        f"{finding}: {state}. {strength(weight, diagnosis)}. Of 100 patients like this with it, "
        f"{seen[0]} have this finding; of 100 without it, {seen[1]}."
    )
