"""Case files for a teacher to fill in, or made of what has been entered. Pure: no Streamlit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from bme_bayes.network import EDEMA, Network, Variable
from bme_bayes.ui import state
from bme_bayes.ui.state import Case
from bme_bayes.ui.words import GROUPS

AGE = "age_band"
HEAD = """\
# A case to teach with. Take away the “#” before what is known of the patient and choose one of the
# answers behind it; leave the rest as it is: what is not written is unknown, never absent.
# Several cases in one file: begin each with “- ” and indent what belongs to it.
# No names, no dates of birth.
"""
TAIL = """\
# title: The runner                  # shown while the case is played: do not give it away
# start: [age, sex, load_pain]       # what is told at the start; without it, a few symptoms
# also: [osteoarthritis]             # what was there besides
# difficulty: deceptive              # typical, atypical or deceptive
confirmed_by: ""                     # shown at the end, like what follows
source: ""
note: ""
"""


def template(network: Network, setting: str) -> str:
    """A case file (YAML) of a region in which everything that can be said stands as a comment."""
    lines = [HEAD + f"region: {network.region}", f"setting: {setting}", "", "findings:"]
    lines.append("  age: 34")
    for group, variables in state.grouped(network).items():
        lines += ["", f"  # {GROUPS.get(group, group)}"]
        lines += [f"  # {_line(v)}" for v in variables if v.id != AGE]
    lines += ["", *_diagnoses(network), "", TAIL]
    return "\n".join(lines)


def _line(variable: Variable) -> str:
    """A finding at its last answer, with its label and all its answers."""
    entry = f"{variable.id}: {variable.states[-1]}"
    return f"{entry:<46}  # {variable.label}: {', '.join(variable.states)}"


def _diagnoses(network: Network) -> Iterator[str]:
    known = network.diagnoses
    yield "# The confirmed diagnosis, one of:"
    yield from (f"#   {v.id:<30} {v.label}" for v in known)
    yield f"diagnosis: {known[0].id}"


def written(network: Network, case: Case, diagnosis: str, told: Mapping[str, str]) -> str:
    """A case file (JSON) of what has been entered and counts; `told` are texts for the end."""
    used = state.findings(state.split(case, network).used)
    data = {
        "region": case.region,
        "setting": case.setting,
        "findings": {f: value for f, value in used.items() if f != EDEMA},
        "diagnosis": diagnosis,
        **{name: text.strip() for name, text in told.items() if text.strip()},
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
