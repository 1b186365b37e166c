"""One patient's findings, as typed, to relative likelihoods of states."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from bme_bayes.errors import Contradiction, InvalidFinding, UnknownName
from bme_bayes.network import EDEMA, Network, Variable

Floats = NDArray[np.float64]
Coded = dict[str, Floats]
UNKNOWN = ("unknown", "not_assessed", "not_imaged", "")
AGES = (18, 30, 51, 66)
OBSERVED_ROLES = ("context", "risk", "finding", "sign")


def age_band(age: float) -> str:
    """The age band of an age in years."""
    bands = ("under_18", "18_29", "30_50", "51_65", "over_65")
    return bands[sum(age >= limit for limit in AGES)]


def code_findings(network: Network, findings: Mapping[str, object]) -> Coded:
    """Findings by id to relative likelihoods of their states.

    A value is a state, a mapping of states to relative likelihoods (an uncertain finding),
    or None / "unknown" (left out: unknown is never absent). `age` in years may stand for
    `age_band`. Marrow edema is taken as present unless the findings say otherwise.
    Raises `UnknownName`, `InvalidFinding` or `Contradiction`.
    """
    coded: Coded = {EDEMA: np.array([0.0, 1.0])}
    for name, value in _with_age_band(findings).items():
        variable = observable(network, name)
        if value is None or value in UNKNOWN:
            coded.pop(name, None)
            continue
        coded[name] = _likelihoods(variable, value)
    return coded


def observable(network: Network, name: str) -> Variable:
    """The variable behind a finding; raises `UnknownName` if it can't be observed."""
    variable = network.variables.get(name)
    if variable is None or variable.role not in OBSERVED_ROLES:
        known = [v.id for v in network.of_role(*OBSERVED_ROLES)]
        raise UnknownName("finding", name, [*known, "age"], f"in {network.region}", network.labels)
    return variable


def _with_age_band(findings: Mapping[str, object]) -> dict[str, object]:
    found = dict(findings)
    if "age" not in found:
        return found
    age = found.pop("age")
    if age is None or age == "unknown":
        return found
    if not is_number(age):
        raise InvalidFinding(f"age: {age!r:.40} is not a number of years")
    if not 0 <= age <= 120:
        raise InvalidFinding(f"age: {age!r:.40} years is outside 0 to 120")
    band = age_band(float(age))
    if found.setdefault("age_band", band) != band:
        raise Contradiction([f"age={age}", f"age_band={found['age_band']}"])
    return found


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number that a float can hold; truth values are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of 400 digits
        return False


def _likelihoods(variable: Variable, value: object) -> Floats:
    if isinstance(value, str):
        return _certain(len(variable.states), variable.state_index(value))
    out = np.zeros(len(variable.states))
    if not isinstance(value, Mapping) or not value:
        raise InvalidFinding(
            f"{variable.id}: {value!r:.60} is neither a state ({', '.join(variable.states)}) "
            "nor a mapping of states to likelihoods"
        )
    for state, weight in value.items():
        index = variable.state_index(str(state))
        if not is_number(weight):
            raise InvalidFinding(
                f"{variable.id}: likelihood of {state} is not a number: {weight!r:.40}"
            )
        if weight < 0:
            raise InvalidFinding(
                f"{variable.id}: likelihood of {state} is {weight!r}; it must be 0 or more"
            )
        out[index] = weight
    if out.max() == 0:
        raise InvalidFinding(f"{variable.id}: all likelihoods are zero")
    if len(value) == 1 and 0 < out.max() < 1:  # 80 % sure, and nobody said of what else
        state, other = next(iter(value)), next(s for s in variable.states if s not in value)
        raise InvalidFinding(
            f"{variable.id}: only {state} is given, with {out.max():g}; say what the rest is, "
            f"e.g. {{{state}: {out.max():g}, {other}: {1 - out.max():g}}}"
        )
    return np.asarray(out / out.max())


@cache
def _certain(states: int, state: int) -> Floats:
    """One for a state and zero for the others; shared, so that nobody may write to it."""
    out = np.zeros(states)
    out[state] = 1.0
    out.flags.writeable = False
    return out


def describe(network: Network, coded: Coded) -> list[str]:
    """Coded findings as `name=state`, for messages."""
    out = []
    for name, likelihood in coded.items():
        states = [
            s for s, w in zip(network.variable(name).states, likelihood, strict=True) if w > 0
        ]
        out.append(f"{name}={'|'.join(states)}")
    return out
