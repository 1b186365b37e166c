"""Truths to recover: networks whose frequencies are drawn from the prior of another one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

import bme_bayes as bb
from bme_bayes.learning.em import LinkModel
from bme_bayes.learning.labelled import lay_out
from bme_bayes.network import NONE, Network, Number

Floats = NDArray[np.float64]


def whole_model(engine: bb.Engine) -> LinkModel:
    """All findings of an engine, without patients."""
    known = {v.id: v.states[0] for v in engine.network.findings}
    families, _ = lay_out(engine, [known], [{engine.space.scenarios.diagnoses[0]: "present"}])
    return LinkModel(engine.space, families, [])


def drawn_shifts(model: LinkModel, rng: Generator, weight: float = 1.0) -> dict[str, Floats]:
    """Shifts at which each frequency is a draw from its Dirichlet, by halving an interval."""
    out = {}
    for name, cells in model.cells.items():
        now = model.by_group(name, np.zeros(cells.size))
        drawn = np.stack(
            [rng.dirichlet(np.maximum(p * n * weight, 0.02))
             for p, n in zip(now.T, model.weight[name], strict=True)], axis=1
        )  # fmt: skip
        wanted = np.clip(np.cumsum(drawn[::-1], axis=0)[::-1][1:], 1e-4, 1 - 1e-4).T.ravel()
        low, high = np.full(cells.size, -12.0), np.full(cells.size, 12.0)
        for _ in range(50):
            middle = (low + high) / 2
            found = model.by_group(name, middle)
            upper = np.cumsum(found[::-1], axis=0)[::-1][1:].T.ravel()
            low, high = (
                np.where(upper < wanted, middle, low),
                np.where(upper < wanted, high, middle),
            )
        out[name] = (low + high) / 2
    return out


def shifted_network(model: LinkModel, shifts: dict[str, Floats]) -> Network:
    """The network of a model under shifts of its findings."""
    network = model.space.network
    causes = [*(k.cause for k in network.kinds), NONE]
    changes: dict[tuple[str, str, str, str], Number] = {}
    for name, shift in shifts.items():
        variable = network.variable(name)
        frequency = model.frequency(name, shift)
        if variable.part_of:
            whole = 1 - model.frequency(variable.part_of, shifts[variable.part_of])[0]
            frequency = np.stack([1 - frequency[1] * whole, frequency[1] * whole])
        for i, cause in enumerate(causes):
            for j, state in enumerate(variable.states):
                key = ("frequency", name, state, cause)
                if key in network.numbers:
                    old = network.numbers[key]
                    changes[key] = replace(old, value=float(frequency[j, i]))
    return replace(network, numbers={**network.numbers, **changes})


def true_frequencies(
    model: LinkModel, shifts: dict[str, Floats]
) -> dict[tuple[str, str, str, str], float]:
    """By finding, state, diagnosis and public state, as `LearnedLinks.rows` is indexed."""
    groups = [*model.space.scenarios.grades, (NONE, "")]
    out = {}
    for name, shift in shifts.items():
        table = model.by_group(name, shift)
        for j, state in list(enumerate(model.space.network.variable(name).states))[1:]:
            for g, (diagnosis, grade) in enumerate(groups):
                out[name, state, diagnosis, grade] = float(table[j, g])
    return out
