"""One patient's answer from any subset of the findings, many subsets at once.

Findings of one process, and the context and risk factors, hang together; all else is
independent given the scenario. So the weight of a subset is a product of one row from each of
a few tables, and all subsets at once are two matrix products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import Belief, DiseaseSpace
from bme_bayes.network import EDEMA

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
ROWS = 256


@dataclass(frozen=True)
class Group:
    """Findings that hang together: their places, and (U, S) weights of subsets of them."""

    places: tuple[int, ...]
    table: Callable[[Bools], Floats]


class Subsets:
    """Findings of one patient that may be left out; marrow edema always stays.

    names : the findings, in the order entered; what was assumed of others stays in force
    """

    def __init__(self, space: DiseaseSpace, belief: Belief) -> None:
        self.space, self.belief = space, belief
        self.names = tuple(n for n in belief.coded if n != EDEMA)
        edema = np.stack([1 - space.edema, space.edema])
        known = belief.coded.get(EDEMA, np.ones(2))
        self.weight = space.solved.scenario * np.tensordot(known, edema, axes=1)
        self.groups = tuple(self._groups())

    def weights(self, masks: Bools, given: Floats) -> Floats:
        """(M, T) joint weight of the findings of each mask (M, N) and a target (S, T)."""
        target = given * self.weight[:, None]
        tables, rows = [], []
        for group in self.groups:
            distinct, row = np.unique(masks[:, group.places], axis=0, return_inverse=True)
            tables.append(group.table(distinct))
            rows.append(row.ravel())
        out = np.empty((len(masks), given.shape[1]))
        for start in range(0, len(masks), ROWS):
            part = slice(start, start + ROWS)
            joint = np.ones((len(masks[part]), len(target)))
            for table, row in zip(tables, rows, strict=True):
                joint *= table[row[part]]
            out[part] = joint @ target
        return out

    def every(self, given: Floats) -> Floats:
        """(2 ** N, T) joint weights of all subsets; bit i of the row number is finding i."""
        target = given * self.weight[:, None]
        halves, orders = [], []
        cut = np.searchsorted(np.cumsum([len(g.places) for g in self.groups]), len(self.names) / 2)
        for groups in (self.groups[: cut + 1], self.groups[cut + 1 :]):
            joint, number = np.ones((1, len(target))), np.zeros(1, dtype=np.intp)
            for group in groups:
                masks = all_masks(len(group.places))
                joint = (joint[:, None] * group.table(masks)).reshape(-1, len(target))
                own = masks @ (1 << np.array(group.places, dtype=np.intp))
                number = (number[:, None] + own).ravel()
            halves.append(joint)
            orders.append(number)
        columns = [(halves[0] * t) @ halves[1].T for t in target.T]
        order = (orders[0][:, None] + orders[1]).ravel()
        out = np.empty((len(order), given.shape[1]))
        out[order] = np.stack([c.ravel() for c in columns], axis=1)
        return out

    def _groups(self) -> list[Group]:
        place = {n: i for i, n in enumerate(self.names)}
        together: dict[str, list[str]] = {}
        for name in self.names:
            together.setdefault(self._together(name), []).append(name)
        roots, below = self.space.split_evidence(self.belief.assumed)
        if roots:
            together.setdefault("roots", [])
        apart = {n: v for n, v in below.items() if self._together(n) not in together}
        self.weight = np.array(self.weight)
        self.space.products.multiply(self.weight, apart)
        make = {True: self._roots_table, False: self._findings_table}
        groups = [
            Group(tuple(place[n] for n in names), make[key == "roots"](tuple(names)))
            for key, names in together.items()
        ]
        if "roots" not in together:
            self.weight = self.weight * self.space.roots_weight({})
        return groups

    def _together(self, name: str) -> str:
        """What a finding hangs together with: the roots, a process or a whole."""
        variable = self.space.network.variable(name)
        if variable.role in ("context", "risk"):
            return "roots"
        whole = self.space.network.variable(variable.part_of or name)
        return whole.process or whole.id

    def _roots_table(self, names: tuple[str, ...]) -> Callable[[Bools], Floats]:
        roots, coded = self.space.roots, self.belief.coded
        assumed, _ = self.space.split_evidence(self.belief.assumed)
        indices = [i for i, n in enumerate(roots.names) if n not in names]
        rest = np.ones_like(roots.context)
        for index in indices:
            rest = rest * roots.factor(index, assumed.get(roots.names[index]))
        risks = [n for n in names if n in roots.names]
        known = {n: roots.factor(roots.names.index(n), coded[n]) for n in risks}
        unknown = {n: roots.factor(roots.names.index(n), None) for n in risks}

        def table(masks: Bools) -> Floats:
            rows = []
            for mask in masks:
                entered = {n: coded[n] for n, on in zip(names, mask, strict=True) if on}
                joint = roots.context_given(entered) * rest
                for name in risks:
                    joint *= known[name] if name in entered else unknown[name]
                rows.append(joint.sum(axis=0))
            return np.stack(rows)

        return table

    def _findings_table(self, names: tuple[str, ...]) -> Callable[[Bools], Floats]:
        space, coded = self.space, self.belief.coded
        network = space.network
        wholes: dict[str, list[str]] = {}
        for name in names:
            wholes.setdefault(network.variable(name).part_of or name, []).append(name)
        process = network.variable(next(iter(wholes))).process
        level = space.levels[process] if process else np.ones((1, space.scenarios.size))
        key, assumed = self._together(names[0]), space.split_evidence(self.belief.assumed)[1]
        for name in (n for n in assumed if n not in wholes and self._together(n) == key):
            level = level * space.observed(name, {name: assumed[name]})
        made: dict[tuple[str, ...], Floats] = {}

        def factor(whole: str, entered: tuple[str, ...]) -> Floats:
            if entered not in made:
                known = {n: v for n, v in assumed.items() if n == whole}
                known |= {n: coded[n] for n in entered}
                made[entered] = space.observed(whole, known)
            return made[entered]

        def table(masks: Bools) -> Floats:
            rows = []
            for mask in masks:
                on = {n for n, m in zip(names, mask, strict=True) if m}
                joint = level
                for whole, members in wholes.items():
                    entered = tuple(n for n in members if n in on)
                    if entered or whole in assumed:
                        joint = joint * factor(whole, entered)
                rows.append(joint.sum(axis=0))
            return np.stack(rows)

        return table


def all_masks(count: int) -> Bools:
    """(2 ** count, count) every subset; bit i of the row number is member i."""
    numbers = np.arange(1 << count)[:, None]
    return np.asarray((numbers >> np.arange(count)) % 2 == 1)
