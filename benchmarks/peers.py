"""The project's networks in pyAgrum and pgmpy, their best way.

That is the engine's own idea handed to them: one variable for the scenario (every set of at
most three diagnoses with their kinds), given which everything else falls apart into small
tables. Their answer is then the posterior of the scenario. On the model as it is exported
(`bme_bayes.pgm`, a chain of small tables for each finding) they need far longer, if they can
at all: `exported` tries it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyagrum as gum
from numpy.typing import NDArray
from pgmpy.factors.discrete import TabularCPD
from pgmpy.inference import VariableElimination
from pgmpy.models import DiscreteBayesianNetwork

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.pgm.nodes import Node

Floats = NDArray[np.float64]
SCENARIO = "scenario"
Nodes = dict[str, Node]


def scenario_nodes(space: DiseaseSpace) -> Nodes:
    """The same distribution around one variable for the scenario."""
    nodes: Nodes = {}

    def add(name: str, parents: tuple[str, ...], values: Floats) -> None:
        states = tuple(map(str, range(len(values))))
        if name != SCENARIO:
            states = space.network.variable(name).states
        nodes[name] = Node(name, states, parents, values)

    roots = space.roots
    ages, sexes = len(roots.mix.age), len(roots.mix.sex)
    weight = roots.everyone.reshape(ages, sexes, -1) * space.solved.scenario
    total, by_age = weight.sum(axis=(0, 1)), weight.sum(axis=1)
    add(SCENARIO, (), total / total.sum())
    add("age_band", (SCENARIO,), by_age / total)
    even = np.full_like(weight, 0.5)
    by_sex = np.divide(weight, by_age[:, None], out=even, where=by_age[:, None] > 0)
    add("sex", ("age_band", SCENARIO), by_sex.swapaxes(0, 1))
    for name, shares, ratio in zip(roots.names, roots.shares, roots.ratios, strict=True):
        joint = shares.reshape(-1, ages, sexes, 1) * ratio[:, None, None]
        add(name, ("age_band", "sex", SCENARIO), joint / joint.sum(axis=0))
    for process, levels in space.levels.items():
        add(process, (SCENARIO,), levels)
    add("marrow_edema", (SCENARIO,), np.stack([1 - space.edema, space.edema]))
    for name, likelihood in space.likelihood.items():
        variable = space.network.variable(name)
        if variable.part_of:
            values = np.zeros((2, 2, space.scenarios.size))
            values[0, 0], values[:, 1] = 1.0, likelihood[:, 0]
            add(name, (variable.part_of, SCENARIO), values)
        elif variable.process:
            add(name, (variable.process, SCENARIO), likelihood)
        else:
            add(name, (SCENARIO,), likelihood[:, 0])
    return nodes


def fill(net: gum.BayesNet, node: Node) -> None:
    """Set one table (pyAgrum's numpy axes run the other way)."""
    table, mine = net.cpt(node.name), (node.name, *node.parents)
    axes = [mine.index(v) for v in reversed(table.names)]
    table[:] = np.ascontiguousarray(node.values.transpose(axes))


def agrum(nodes: Nodes) -> gum.BayesNet:
    """Nodes as a pyAgrum network."""
    net = gum.BayesNet()
    for node in nodes.values():
        net.add(gum.LabelizedVariable(node.name, node.name, list(node.states)))
    for node in nodes.values():
        for parent in node.parents:
            net.addArc(parent, node.name)
    for node in nodes.values():
        fill(net, node)
    return net


class Agrum:
    """A posterior of the scenario through one of pyAgrum's engines."""

    def __init__(self, net: gum.BayesNet, engine: str) -> None:
        self.inference = getattr(gum, engine)(net)
        self.names = net.names()

    def scenario(self, findings: Mapping[str, str]) -> Floats:
        """(S,) posterior."""
        inference = self.inference
        inference.eraseAllTargets()
        inference.addTarget(SCENARIO)
        inference.setEvidence({"marrow_edema": "present", **findings})
        inference.makeInference()
        return np.asarray(inference.posterior(SCENARIO).toarray())

    def panel(self, findings: Mapping[str, str], unknown: list[str]) -> list[Floats]:
        """Joint of each unknown finding and the scenario, all joint targets at once."""
        inference = self.inference
        inference.eraseAllTargets()
        inference.setEvidence({"marrow_edema": "present", **findings})
        for name in unknown:
            inference.addJointTarget({name, SCENARIO})
        inference.makeInference()
        out = [inference.jointPosterior({n, SCENARIO}).toarray() for n in unknown]
        inference.eraseAllJointTargets()
        return out


class Pgmpy:
    """A posterior through pgmpy's variable elimination."""

    def __init__(self, nodes: Nodes) -> None:
        model = DiscreteBayesianNetwork()
        model.add_nodes_from(nodes)
        for node in nodes.values():
            model.add_edges_from((parent, node.name) for parent in node.parents)
            model.add_cpds(table(nodes, node))
        self.engine = VariableElimination(model)

    def scenario(self, findings: Mapping[str, str], *more: str) -> Floats:
        """(S,) posterior of the scenario, or its joint with another variable."""
        return self.query((SCENARIO, *more), {"marrow_edema": "present", **findings})

    def query(self, targets: tuple[str, ...], evidence: Mapping[str, str]) -> Floats:
        """The joint posterior of some variables."""
        found = self.engine.query(list(targets), evidence=evidence, show_progress=False)
        return np.asarray(found.values)


def table(nodes: Nodes, node: Node) -> TabularCPD:
    """A node's table in pgmpy."""
    return TabularCPD(
        node.name,
        len(node.states),
        node.values.reshape(len(node.states), -1),
        evidence=list(node.parents) or None,
        evidence_card=list(node.values.shape[1:]) or None,
        state_names={n: list(nodes[n].states) for n in (node.name, *node.parents)},
    )


def ancestors(nodes: Nodes, names: list[str]) -> list[str]:
    """Names and all that lies above them, in the network's order."""
    found, open_names = set(names), list(names)
    while open_names:
        new = set(nodes[open_names.pop()].parents) - found
        found |= new
        open_names += new
    return [n for n in nodes if n in found]
