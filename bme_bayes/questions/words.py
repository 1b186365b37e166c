"""Words for findings, weights and probabilities, in answers, reports and pages."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from bme_bayes.network import Variable
from bme_bayes.notebook import count_of_100
from bme_bayes.reading import region_label

Floats = NDArray[np.float64]
WIDE = "\N{NO-BREAK SPACE}"
PEOPLE = ("Modic",)
STRENGTHS = ((1.25, "hardly"), (2.0, "a little"), (5.0, "clearly"), (20.0, "strongly"))


SHORT = {
    "bmes": "Bone marrow edema syndrome",
    "insufficiency_fracture": "Insufficiency fracture",
    "sifk": "Subchondral fracture (SIFK)",
    "avn": "Osteonecrosis (AVN)",
    "infection": "Bone or joint infection",
    "malignancy": "Tumour or metastasis",
    "inflammatory_arthritis": "Inflammatory arthritis",
    "crystal_arthropathy": "Gout or CPPD",
    "osteoarthritis": "Osteoarthritis",
    "bone_contusion": "Bone contusion",
    "traumatic_fracture": "Acute fracture",
    "meniscal_or_cartilage_injury": "Meniscus or cartilage injury",
    "disc_degeneration": "Disc degeneration (Modic 1)",
}
NO_RED_FLAG = "No red flag fires on what was entered. What is not known cannot fire one."
BRACKETS = re.compile(r" \([^()]*\)")


def short(label: str) -> str:
    """A label without what it says in brackets, or of its stages.

    >>> short("Osteonecrosis (AVN), by ARCO stage")
    'Osteonecrosis'
    >>> short("Degenerative disc disease with endplate (Modic 1) edema")
    'Degenerative disc disease with endplate edema'
    """
    return BRACKETS.sub("", label).partition(", by ")[0]


def short_name(diagnosis: str, label: str) -> str:
    """A name for a diagnosis where there is little room: a chart, the one sentence of a card."""
    return SHORT.get(diagnosis) or short(label)


def in_sentence(name: str) -> str:
    """A label inside a sentence: lower case unless it starts with a name or an abbreviation."""
    keep = name.startswith(PEOPLE) or not name[1:2].islower()
    return name if keep else name[:1].lower() + name[1:]


def region_name(region: str) -> str:
    """A region inside a sentence.

    >>> region_name("ankle_foot")
    'ankle and foot'
    """
    return in_sentence(region_label(region))


def percent(probability: float) -> str:
    """A probability as a whole percentage; never 0 or 100 unless it is."""
    if 0 < probability < 0.01:
        return f"<1{WIDE}%"
    if 0.99 < probability < 1:
        return f">99{WIDE}%"
    return f"{probability * 100:.0f}{WIDE}%"


def of_100(probability: float, brief: bool = False) -> str:
    """A natural frequency, always of 100, so that two of them can be compared at a glance."""
    return f"{count_of_100(probability, brief)} of 100"


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
    seen = [count_of_100(min(float(c), 1.0)) for c in chance]
    return (
        f"{finding}: {state}. {strength(weight, diagnosis)}. Of 100 patients like this with it, "
        f"{seen[0]} have this finding; of 100 without it, {seen[1]}."
    )
