"""The nodes of the pgmpy model and their tables, without pgmpy; see `bme_bayes.pgm`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bme_bayes.cpds import FindingCpd
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.likelihoods import part_given_whole
from bme_bayes.network import EDEMA
from bme_bayes.pgm.steps import COUNT_STATES, Floats, counted, drawn, largest, shares, survival

REFERRED = "referred"
ABSENT, PRESENT, DROPPED = "absent", "present", "dropped"
COUNT = "number_of_diagnoses"
VIA = "__via_"


@dataclass(frozen=True)
class Node:
    """One node: P(state | parents) with an axis for the states and one for each parent."""

    name: str
    states: tuple[str, ...]
    parents: tuple[str, ...]
    values: Floats


def build_nodes(space: DiseaseSpace) -> dict[str, Node]:
    """All nodes of a compiled network, parents first; see `bme_bayes.pgm`."""
    return _Nodes(space).build()


class _Nodes:
    def __init__(self, space: DiseaseSpace) -> None:
        self.space = space
        self.network = space.network
        self.nodes: dict[str, Node] = {}

    @cached_property
    def kinds(self) -> dict[str, list[int]]:
        """Diagnosis id to the numbers of its kinds."""
        diagnosis_of = [k.diagnosis for k in self.network.kinds]
        names = self.space.scenarios.diagnoses
        return {d: [i for i, of in enumerate(diagnosis_of) if of == d] for d in names}

    def build(self) -> dict[str, Node]:
        """All nodes, in the order of the file's head."""
        self.roots()
        proposed = {d: self.diagnosis(d) for d in self.kinds}
        self.selection(proposed)
        links = self.space.links
        cdf = np.stack([1 - links, np.ones_like(links)])[:, None]
        start, none = np.array([[1.0], [0.0]]), np.array([[1 - links[-1]], [links[-1]]])
        self.chain(EDEMA, (ABSENT, PRESENT), start, largest(cdf[..., :-1], self.kinds), none=none)
        for cpd in (*self.space.process_cpds.values(), *self.space.cpds.values()):
            if cpd.model != "part":
                self.finding(cpd)
        for cpd in self.space.cpds.values():
            if cpd.model == "part":
                self.part(cpd, self.space.cpds[cpd.variable.part_of])
        return self.nodes

    def add(
        self, name: str, states: tuple[str, ...], parents: Sequence[str], values: Floats
    ) -> str:
        """Keep one node; its name."""
        self.nodes[name] = Node(name, states, tuple(parents), values)
        return name

    def roots(self) -> None:
        """Age, sex and risk factors of the solved case mix."""
        mix = self.space.roots.mix
        for name, share in (("age_band", mix.age), ("sex", mix.sex)):
            self.add(name, self.network.variable(name).states, (), share)
        for risk in mix.risks:
            self.add(risk.variable.id, risk.variable.states, ("age_band", "sex"), risk.shares())

    def diagnosis(self, name: str) -> str:
        """The chain of a diagnosis over its risk factors; the name of its last link."""
        mix, own = self.space.roots.mix, self.kinds[name]
        kinds = tuple(self.network.kinds[i].id for i in own)
        states = (ABSENT, *kinds, DROPPED)
        risks = [(r.variable.id, r.ratio[:, own]) for r in mix.risks]
        risks = [(risk, ratio) for risk, ratio in risks if not (ratio == 1).all()]
        weight = mix.age_ratio[:, None, own] * mix.sex_ratio[None, :, own]
        weight = weight * self.space.solved.odds[own]
        for _, ratio in risks:
            weight = weight * ratio.max(axis=0)
        weight = np.moveaxis(weight, -1, 0)
        weight = np.concatenate([np.ones((1, *weight.shape[1:])), weight])
        weight /= weight.sum(axis=0).max()
        rest = np.maximum(1 - weight.sum(axis=0, keepdims=True), 0.0)
        last = f"{name}{VIA}age_and_sex"
        self.add(last, states, ("age_band", "sex"), np.concatenate([weight, rest]))
        for risk, ratio in risks:
            last = self.add(f"{name}{VIA}{risk}", states, (last, risk), survival(ratio))
        shown = np.eye(len(states))[:-1]
        shown[0, -1] = 1.0
        self.add(name, (ABSENT, *kinds), (last,), shown)
        return last

    def selection(self, proposed: Mapping[str, str]) -> None:
        """Counts the diagnoses one by one; who has how many is referred how often."""
        count = ""
        for name, proposal in proposed.items():
            states = self.nodes[proposal].states
            step = counted(len(states))
            parents = [count, proposal] if count else [proposal]
            values = step if count else step[:, 0]
            count = self.add(f"{COUNT}{VIA}{name}", COUNT_STATES, parents, values)
        prevalence = self.space.solved.prevalence
        present = np.append(prevalence / prevalence.max(), 0.0)
        self.add(REFERRED, (ABSENT, PRESENT), (count,), np.stack([1 - present, present]))

    def finding(self, cpd: FindingCpd) -> None:
        """A process, or a finding that is no part, with its chain over the diagnoses."""
        variable, none = cpd.variable, cpd.cells[..., -1]
        if cpd.model == "mixture":
            steps = drawn(cpd.cells, self.kinds)
            self.chain(variable.id, variable.states, none, steps, variable.process)
            return
        leak = shares(np.concatenate([cpd.leak, np.ones_like(none[:1])]))
        cdf = np.concatenate([cpd.ratio, np.ones((1, *cpd.ratio.shape[1:]))])
        steps = largest(cdf, self.kinds)
        self.chain(variable.id, variable.states, leak, steps, variable.process, none)

    def part(self, cpd: FindingCpd, whole: FindingCpd) -> None:
        """A special case of a finding: a share of it by mixture, and never without it."""
        states, name, of = cpd.variable.states, cpd.variable.id, whole.variable
        chance, cells = f"{name}__given_{of.id}", part_given_whole(cpd, whole)
        self.chain(chance, states, cells[..., -1], drawn(cells, self.kinds))
        table = np.zeros((2, 2, len(of.states)))
        table[1, 1, 1] = 1.0
        table[0] = 1 - table[1]
        self.add(name, states, (chance, of.id), table)

    def chain(
        self,
        name: str,
        states: tuple[str, ...],
        start: Floats,
        steps: Mapping[str, Floats],
        process: str = "",
        none: Floats | None = None,
    ) -> None:
        """A chain of nodes over the diagnoses that ends in the node `name`.

        start (states, levels) before any diagnosis; none (states, levels) replaces the whole
        where there is no diagnosis.
        """
        before, last = "", list(steps)[-1]
        for diagnosis, step in steps.items():
            table, final = step, diagnosis == last
            if final and none is not None:
                table = np.repeat(step, len(COUNT_STATES), axis=-1)
                table[..., 0] = none[:, None, None]
            table = table if before else np.einsum("jtkln,tl->jkln", table, start)
            parents = [before, diagnosis] if before else [diagnosis]
            if process:
                parents.append(process)
            if table.shape[-1] > 1:
                parents.append(f"{COUNT}{VIA}{diagnosis}")
            table = table.reshape(*table.shape[:-2], *(n for n in table.shape[-2:] if n > 1))
            before = self.add(name if final else f"{name}{VIA}{diagnosis}", states, parents, table)
