"""Joint results of findings that hang together, as tables over the scenarios.

A *block* holds findings that are not independent of each other given the scenario, but are
independent given the scenario and a hidden *level*: that of their process, or, for risk
factors, the patient's age and sex.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
ROWS = 256
"""Joint results worked on at once."""


class Part(Protocol):
    """Findings whose results come together."""

    @property
    def names(self) -> tuple[str, ...]:
        """What they are."""

    @property
    def states(self) -> Ints:
        """(R, names) the state numbers of each joint result."""


class Block(Protocol):
    """A table of P(joint result | scenario, what is known), made row by row on demand."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it holds, in the order of the columns of joint results."""

    def table(self, results: Ints) -> Floats:
        """(U, S) probability of each joint result (U, parts)."""

    def sample(self, scenario: Ints, rng: Generator) -> Ints:
        """(N, parts) joint results drawn for patients with these scenarios (N,)."""


@dataclass(frozen=True)
class Unit:
    """One finding, or a finding with its parts. given : (R, levels, S) P(result | level, S)."""

    names: tuple[str, ...]
    states: Ints
    given: Floats


@dataclass(frozen=True)
class LevelBlock:
    """Findings of one process, or of none (one level). level : (levels, S) P(level | S)."""

    parts: tuple[Unit, ...]
    level: Floats

    def table(self, results: Ints) -> Floats:
        """(U, S) probability of each joint result."""
        out = np.empty((len(results), self.level.shape[1]))
        step = max(1, ROWS // len(self.level))
        for start in range(0, len(results), step):
            rows = results[start : start + step]
            joint = np.repeat(self.level[None], len(rows), axis=0)
            for u, unit in enumerate(self.parts):
                joint *= unit.given[rows[:, u]]
            out[start : start + step] = joint.sum(axis=1)
        return out

    def sample(self, scenario: Ints, rng: Generator) -> Ints:
        """(N, parts) joint results."""
        level = _draw(self.level[:, scenario], rng)
        drawn = [_draw(u.given[:, level, scenario], rng) for u in self.parts]
        return np.stack(drawn, axis=1)


@dataclass(frozen=True)
class RootUnit:
    """One risk or context variable; P(result | age, sex, S) is `shares` times `ratio`, scaled.

    shares : (R, AX) share by age and sex, times what is taken for granted
    ratio : (R, S) odds ratios of the scenario
    """

    names: tuple[str, ...]
    states: Ints
    shares: Floats
    ratio: Floats


@dataclass(frozen=True)
class RootBlock:
    """Context and risk factors. The levels are the AX pairs of age and sex that are possible.

    level : (AX, S) P(age, sex | S); rest : the same over the scales of all its risk factors
    """

    parts: tuple[RootUnit, ...]
    level: Floats
    rest: Floats

    def table(self, results: Ints) -> Floats:
        """(U, S) probability of each joint result: rank one in each risk factor."""
        shares = np.ones((len(results), len(self.level)))
        for u, unit in enumerate(self.parts):
            shares *= unit.shares[results[:, u]]
        out = shares @ self.rest
        for u, unit in enumerate(self.parts):
            for result in np.unique(results[:, u]):
                if (unit.ratio[result] != 1).any():
                    out[results[:, u] == result] *= unit.ratio[result]
        return np.asarray(out)

    def sample(self, scenario: Ints, rng: Generator) -> Ints:
        """(N, parts) joint results."""
        level = _draw(self.level[:, scenario], rng)
        drawn = [_draw(u.shares[:, level] * u.ratio[:, scenario], rng) for u in self.parts]
        return np.stack(drawn, axis=1)


def block_size(block: Block) -> int:
    """Number of joint results of a block."""
    return int(np.prod([len(p.states) for p in block.parts]))


def every_result(block: Block) -> Ints:
    """(size, parts) every joint result of a block."""
    return np.array(list(product(*(range(len(p.states)) for p in block.parts))), dtype=np.intp)


def _draw(shares: Floats, rng: Generator) -> Ints:
    """One row number for each column of shares (rows, N), which need not sum to one."""
    cumulative = np.cumsum(shares, axis=0)
    place = rng.random(shares.shape[1]) * cumulative[-1]
    return np.asarray((place >= cumulative[:-1]).sum(axis=0), dtype=np.intp)
