"""Several answers from one click: a test that came out normal, or one that is still to come.

What a test reveals is in `networks/tests.yaml`; its normal result is the first state of each of
these findings. Pure: no Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bme_bayes.network import EDEMA, Network
from bme_bayes.questions.battery import NOT_IMAGED, load_bundles
from bme_bayes.questions.words import in_sentence
from bme_bayes.ui.words import listed

NORMAL = {"radiograph": "Radiograph normal", "bloods": "Blood tests normal"}
WAITING = "mri_not_done"


@dataclass(frozen=True)
class Shortcut:
    """A choice that answers several findings: its label, what it does, and the answers."""

    id: str
    label: str
    help: str
    answers: Mapping[str, str]


def shortcuts(network: Network) -> tuple[Shortcut, ...]:
    """The shortcuts of a region."""
    tests = {test.id: test for test in load_bundles()}
    found = []
    for name, label in NORMAL.items():
        answers = {f: network.variable(f).states[0] for f in tests[name].reveals(network)}
        told = listed([_told(network, f, state) for f, state in answers.items()])
        help_text = f"Enters {told}. What you have entered already stays."
        found.append(Shortcut(name, label, help_text, answers))
    waiting = "Marrow edema is then not taken as seen, and findings of MRI are set aside."
    found.append(Shortcut(WAITING, "MRI not done yet", waiting, {EDEMA: NOT_IMAGED}))
    return tuple(found)


def _told(network: Network, finding: str, state: str) -> str:
    variable = network.variable(finding)
    return f"{in_sentence(variable.label)}: {variable.state_label(state)}"
