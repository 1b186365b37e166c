"""The links of a region's graph and how strong they are. Pure: no Streamlit.

A link's strength is a natural log of odds or of frequencies, the largest over the kinds of a
diagnosis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from bme_bayes.network import NONE, Network, Number

STRONG, NOTABLE = math.log(4), math.log(1.5)
LEAST = 1e-4


@dataclass(frozen=True)
class Edge:
    """A link between two variables.

    `strength` is zero or more; `way` is raises, lowers, or either (some states of a variable
    without an ordinary state become more likely and others less).
    """

    source: str
    target: str
    strength: float
    way: str = "raises"


def edges(network: Network) -> list[Edge]:
    """All links of the region, strongest first."""
    best: dict[tuple[str, str], float] = {}
    for number in network.numbers.values():
        pair, weight = _weighed(network, number)
        if pair and abs(weight) > abs(best.get(pair, 0.0)):
            best[pair] = weight
    found = [Edge(*pair, abs(w), _way(network, pair, w)) for pair, w in best.items()]
    for variable in network.variables.values():
        if variable.process in network.variables:
            found.append(Edge(variable.process, variable.id, STRONG))
        if variable.part_of in network.variables:
            found.append(Edge(variable.part_of, variable.id, STRONG))
    return sorted(found, key=lambda e: -e.strength)


def _way(network: Network, pair: tuple[str, str], weight: float) -> str:
    ends = [network.variable(name) for name in pair]
    if any(v.role == "context" or v.model == "mixture" for v in ends):
        return "either"
    return "raises" if weight > 0 else "lowers"


def _weighed(network: Network, number: Number) -> tuple[tuple[str, str] | None, float]:
    """The pair that a number joins and how strongly; no pair for other numbers."""
    diagnosis = number.cause.partition(".")[0]
    variable = network.variables.get(diagnosis)
    if variable is None or variable.role != "diagnosis" or number.child not in network.variables:
        return None, 0.0
    if number.quantity == "odds_ratio":
        return (number.child, diagnosis), math.log(max(number.value, LEAST))
    if number.quantity == "frequency":
        usual = network.value("frequency", number.child, number.state, NONE, number.value)
        ratio = max(number.value, LEAST) / max(usual, LEAST)
        return (diagnosis, number.child), math.log(ratio)
    if number.quantity == "share":
        usual = network.value("share", number.child, number.state, "reference", number.value)
        return (number.child, diagnosis), math.log(max(number.value, LEAST) / max(usual, LEAST))
    return None, 0.0


def neighbours(found: list[Edge], name: str) -> tuple[list[Edge], list[Edge]]:
    """The links that lead to a variable, and those that go out from it."""
    return [e for e in found if e.target == name], [e for e in found if e.source == name]


def chosen(found: list[Edge], name: str | None) -> list[Edge]:
    """The links to draw: the notable ones of one variable, or the strong ones of all."""
    if name is None:
        return [e for e in found if e.strength >= STRONG]
    return [e for e in found if name in (e.source, e.target) and e.strength >= NOTABLE]
