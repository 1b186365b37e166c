"""The joint results of several findings not yet known: their probabilities, and what they say.

Given a scenario and the level of each process, findings are independent; given a scenario and
the age and sex, so are the risk factors. So the joint results of any set of findings fall into
*blocks* that are independent given the scenario: one a process, one for the patient's context
and risk factors, and small ones of findings that hang on nothing else. A block is a table of
P(joint result | scenario, what is known), a row a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.random import Generator

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.findings import observable
from bme_bayes.network import EDEMA
from bme_bayes.questions.blocks import (
    ROWS,
    Block,
    Floats,
    Ints,
    LevelBlock,
    RootBlock,
    RootUnit,
    Unit,
    block_size,
    every_result,
)

FREE_BLOCK = 64
"""Findings that hang on nothing else are put together up to so many joint results."""


class Results:
    """The joint results of some findings for one patient.

    Scenarios that hold all but `neglect` of the posterior are kept; `neglected` is the rest.
    Findings that are known already are left out; `names` are those that remain. Raises
    `UnknownName`.
    """

    def __init__(
        self, space: DiseaseSpace, belief: Belief, names: Iterable[str], neglect: float = 1e-9
    ) -> None:
        known = {observable(space.network, n).id: None for n in names}
        self.names = tuple(n for n in known if n not in belief.coded)
        self.space, self.belief = space, belief
        order = np.argsort(-belief.scenario, kind="stable")
        held = np.cumsum(belief.scenario[order])
        self.keep = np.sort(order[: int(np.searchsorted(held, 1 - neglect)) + 1])
        weight = belief.scenario[self.keep]
        self.neglected = float(max(1 - weight.sum(), 0.0))
        self.weight = weight / weight.sum()
        self.blocks = tuple(self._blocks())

    @property
    def size(self) -> int:
        """Number of joint results of all findings."""
        size = 1
        for block in self.blocks:
            size *= block_size(block)
        return size

    def tables(self) -> list[Floats]:
        """(size, S) P(joint result | scenario) of every block."""
        return [block.table(every_result(block)) for block in self.blocks]

    def states(self, results: Sequence[Ints]) -> dict[str, Ints]:
        """State numbers (N,) of each finding from the blocks' joint results (N, units)."""
        out: dict[str, Ints] = {}
        for block, drawn in zip(self.blocks, results, strict=True):
            for u, unit in enumerate(block.parts):
                for i, name in enumerate(unit.names):
                    out[name] = unit.states[drawn[:, u], i]
        return {n: out[n] for n in self.names}

    def sample(self, count: int, rng: Generator) -> list[Ints]:
        """Joint results of `count` patients like this one: (count, units) a block."""
        cumulative = np.cumsum(self.weight)
        place = np.searchsorted(cumulative, rng.random(count) * cumulative[-1], side="right")
        scenario = np.minimum(place, len(cumulative) - 1)
        return [block.sample(scenario, rng) for block in self.blocks]

    def weigh(self, results: Sequence[Ints], given: Floats) -> Floats:
        """(N, T) joint probability of each patient's results and a target.

        `given` (S, T) is P(target | scenario) over the scenarios kept.
        """
        tables, rows = [], []
        for block, drawn in zip(self.blocks, results, strict=True):
            distinct, row = np.unique(drawn, axis=0, return_inverse=True)
            tables.append(block.table(distinct))
            rows.append(row.ravel())
        count = len(rows[0]) if rows else 0
        out = np.empty((count, given.shape[1]))
        target = given * self.weight[:, None]
        for start in range(0, count, ROWS):
            part = slice(start, start + ROWS)
            joint = tables[0][rows[0][part]]
            for table, row in zip(tables[1:], rows[1:], strict=True):
                joint *= table[row[part]]
            out[part] = joint @ target
        return out

    def every(self, given: Floats) -> Floats:
        """(size, T) joint probability of every joint result and a target.

        Blocks vary as in nested loops, the last fastest. Two halves of the blocks are
        multiplied as matrices, one product a target column.
        """
        left, right = _halves(self.tables(), len(self.weight))
        target = given * self.weight[:, None]
        columns = [(left * t) @ right.T for t in target.T]
        return np.stack([c.ravel() for c in columns], axis=1)

    def result(self, number: int) -> dict[str, str]:
        """The states of every finding in one row of `every`."""
        out: dict[str, str] = {}
        for block in reversed(self.blocks):
            number, row = divmod(number, block_size(block))
            chosen = every_result(block)[row]
            for unit, result in zip(block.parts, chosen, strict=True):
                for name, state in zip(unit.names, unit.states[result], strict=True):
                    out[name] = self.space.network.variable(name).states[state]
        return {n: out[n] for n in self.names}

    def _blocks(self) -> Iterable[Block]:
        network = self.space.network
        roots = [n for n in self.names if network.variable(n).role in ("context", "risk")]
        if roots:
            yield self._root_block(roots)
        by_process: dict[str, list[Unit]] = {}
        for unit in self._units():
            variable = network.variable(unit.names[0])
            process = network.variable(variable.part_of or variable.id).process
            by_process.setdefault(process, []).append(unit)
        for process, units in by_process.items():
            if process:
                yield LevelBlock(tuple(units), self.belief.levels[process][:, self.keep])
            else:
                yield from self._free_blocks(units)

    def _free_blocks(self, units: list[Unit]) -> Iterable[Block]:
        level = np.ones((1, len(self.keep)))
        group: list[Unit] = []
        for unit in units:
            if group and block_size(LevelBlock((*group, unit), level)) > FREE_BLOCK:
                yield LevelBlock(tuple(group), level)
                group = []
            group.append(unit)
        if group:
            yield LevelBlock(tuple(group), level)

    def _units(self) -> Iterable[Unit]:
        network, wholes = self.space.network, dict[str, list[str]]()
        for name in self.names:
            variable = network.variable(name)
            if name == EDEMA:
                edema = self.space.edema[self.keep]
                given = np.stack([1 - edema, edema])[:, None]
                yield Unit((name,), np.array([[0], [1]]), given)
            elif variable.role == "finding":
                wholes.setdefault(variable.part_of or name, []).append(name)
        for whole, names in wholes.items():
            yield self._unit(whole, tuple(names))

    def _unit(self, whole: str, names: tuple[str, ...]) -> Unit:
        """P(joint result of a finding and parts of it | level, scenario, what is known)."""
        space, known = self.space, self.belief.known
        sizes = [len(space.network.variable(n).states) for n in names]
        base = space.observed(whole, known)[:, self.keep]
        rows, states = [], []
        for result in product(*(range(s) for s in sizes)):
            entered = {n: np.eye(s)[i] for n, s, i in zip(names, sizes, result, strict=True)}
            joint = space.observed(whole, _combine(known, entered))[:, self.keep]
            if joint.any():
                states.append(result)
                rows.append(np.divide(joint, base, out=np.zeros_like(joint), where=base > 0))
        return Unit(names, np.array(states, dtype=np.intp), np.stack(rows))

    def _root_block(self, names: list[str]) -> RootBlock:
        """Context and risk factors, over the pairs of age and sex that are possible."""
        space = self.space
        known, _ = space.split_evidence(self.belief.known)
        weight = space.roots.weights(known)[:, self.keep]
        possible = np.asarray(weight.any(axis=1))
        total = weight.sum(axis=0)
        level = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)[possible]
        rest, units = level.copy(), []
        pairs = np.flatnonzero(possible)
        for name in names:
            states = len(space.network.variable(name).states)
            taken = known.get(name, np.ones(states))[:, None]
            if name in space.roots.names:
                index = space.roots.names.index(name)
                shares = (
                    space.roots.mix.risks[index].shares().reshape(states, -1)[:, possible] * taken
                )
                ratio = space.roots.ratios[index][:, self.keep]
                factor = shares.T @ ratio
                rest = np.divide(rest, factor, out=np.zeros_like(rest), where=factor > 0)
            else:
                of = divmod(pairs, len(space.roots.mix.sex))[0 if name == "age_band" else 1]
                shares, ratio = np.eye(states)[:, of], np.ones((states, len(self.keep)))
            units.append(RootUnit((name,), np.arange(states)[:, None], shares, ratio))
        return RootBlock(tuple(units), level, rest)


def unknown_findings(space: DiseaseSpace, belief: Belief) -> tuple[str, ...]:
    """Everything that can still be learned of a patient."""
    found = space.network.of_role("context", "risk", "finding", "sign")
    return tuple(v.id for v in found if v.id not in belief.coded)


def _combine(known: dict[str, Floats], entered: dict[str, Floats]) -> dict[str, Floats]:
    """What is known and a result: an assumption about the same finding stays in force."""
    both = {n: v * known[n] if n in known else v for n, v in entered.items()}
    return {**known, **both}


def _halves(tables: list[Floats], scenarios: int) -> tuple[Floats, Floats]:
    """Blocks' tables as two tables of like size, in order: the rows are the outer product."""
    sizes = [len(t) for t in tables]
    cut = min(
        range(len(tables) + 1), key=lambda i: int(np.prod(sizes[:i])) + int(np.prod(sizes[i:]))
    )
    halves = []
    for part in (tables[:cut], tables[cut:]):
        joint = np.ones((1, scenarios))
        for table in part:
            joint = (joint[:, None] * table).reshape(-1, scenarios)
        halves.append(joint)
    return halves[0], halves[1]
