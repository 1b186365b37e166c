"""Patients to ask about."""

from __future__ import annotations

import numpy as np

import bme_bayes as bb
from bme_bayes.batch import UNKNOWN, Codes, columns
from bme_bayes.network import Network

Findings = dict[str, str]
KNOWN_FINDINGS = 20
KNOWN_RISKS = 5


def patients(engine: bb.Engine, count: int, roots: bool = True, seed: int = 0) -> list[Findings]:
    """Possible patients with 20 findings each; with `roots` also age, sex and 5 risk factors."""
    network, rng = engine.network, np.random.default_rng(seed)
    out: list[Findings] = []
    while len(out) < count:
        names = list(rng.choice([v.id for v in network.findings], KNOWN_FINDINGS, replace=False))
        if roots:
            names += ["age_band", "sex"]
            names += list(rng.choice([v.id for v in network.risks], KNOWN_RISKS, replace=False))
        found = {str(n): state(network, str(n), rng) for n in names}
        try:
            engine.belief(found)
        except bb.Contradiction:
            continue
        out.append(found)
    return out


def cohort(network: Network, count: int, seed: int = 0) -> Codes:
    """Codes of patients with other findings known each: age, sex, and of the rest two in five.

    Special cases of a finding are left out, so that few patients are impossible.
    """
    rng = np.random.default_rng(seed)
    names = columns(network)
    out = np.full((count, len(names)), UNKNOWN, dtype=np.int8)
    for i, name in enumerate(names):
        variable = network.variable(name)
        if variable.part_of or name == "pregnancy":
            continue
        size = len(variable.states)
        share = np.full(size, 1 / size)
        if variable.role in ("risk", "finding"):
            share = np.append(0.7, np.full(size - 1, 0.3 / (size - 1)))
        drawn = rng.choice(size, count, p=share)
        known = rng.random(count) < (1.0 if variable.role == "context" else 0.4)
        out[:, i] = np.where(known, drawn, UNKNOWN)
    out[:, names.index("marrow_edema")] = 1
    return out


def state(network: Network, name: str, rng: np.random.Generator) -> str:
    """The first state in two of three patients, else any."""
    states = network.variable(name).states
    if network.variable(name).role == "context":
        return str(rng.choice(states))
    return states[0] if rng.random() < 2 / 3 else str(rng.choice(states))
