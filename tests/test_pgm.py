"""The same network in pgmpy and in pyAgrum gives the engine's answers.

Both enumerate nothing: they eliminate variables from small tables, so agreement on the whole
hip checks the disease space, the prior, the processes and the selection node at once. Findings
are drawn at random, hard and uncertain, with some context and risk factors left unknown. Their
number is bounded by what the others' memory bears.
"""

from functools import cache
from importlib import import_module
from typing import Any

import networkx as nx
import numpy as np
import pytest
from small_network import small_network

import bme_bayes as bb
from bme_bayes.network import Network
from bme_bayes.pgm import pgmpy_evidence, to_pgmpy

SETS = 50
LARGEST_CLIQUE = 3e6
Findings = dict[str, object]


@cache
def hip():  # type: ignore[no-untyped-def]
    engine = bb.Engine(bb.load("hip"))
    return engine, to_pgmpy(engine.network, engine.space)


def random_findings(
    network: Network, rng: np.random.Generator, unknown: int, most: int
) -> Findings:
    """Most roots known, `unknown` at most not; two to `most` findings, some uncertain."""
    roots = network.of_role("context", "risk")
    hidden = set(
        rng.choice([v.id for v in roots], size=rng.integers(0, unknown + 1), replace=False)
    )
    out: Findings = {}
    for v in roots:
        if v.id not in hidden:
            usual = rng.random() < 0.8
            out[v.id] = v.states[0] if usual else v.states[rng.integers(len(v.states))]
    if out.get("sex") != "female":
        out["pregnancy"] = "none"
    names = [v.id for v in network.findings]
    for name in rng.choice(names, size=rng.integers(2, most + 1), replace=False):
        states = network.variables[name].states
        if rng.random() < 0.7:
            out[str(name)] = states[rng.integers(len(states))]
        else:
            out[str(name)] = {s: float(rng.uniform(0.1, 1)) for s in states}
    return out


def possible_sets(seed: int, unknown: int, most: int):  # type: ignore[no-untyped-def]
    """An endless run of findings that the model does not exclude, with their posterior."""
    engine, _ = hip()
    rng = np.random.default_rng(seed)
    while True:
        findings = random_findings(engine.network, rng, unknown, most)
        try:
            yield findings, engine.posterior(findings), rng
        except bb.Contradiction:
            continue


def relevant(model, targets: list[str], observed: list[str]) -> set[str]:  # type: ignore[no-untyped-def]
    """Targets, what is observed, and all their ancestors: the rest is barren."""
    out: set[str] = set()
    for name in (*targets, *observed):
        out |= {name} | nx.ancestors(model, name)
    return out


def diagnosis_by_diagnosis(network: Network, nodes: list[str]) -> list[str]:
    """An elimination order that never holds more than one diagnosis and the running effects."""
    order: list[str] = []
    before = ""
    for diagnosis in (d.id for d in network.diagnoses):
        order += [n for n in nodes if n.startswith(f"{diagnosis}__via_")]
        if before:
            order += [n for n in nodes if n.endswith(f"__via_{before}")]
        order.append(diagnosis)
        before = diagnosis
    order += [n for n in nodes if n.endswith(f"__via_{before}")]
    order += nodes
    return [n for n in dict.fromkeys(order) if n in set(nodes)]


def test_the_model_is_valid_and_carries_the_vocabulary() -> None:
    engine, model = hip()
    assert model.check_model()
    for v in engine.network.of_role("context", "risk", "finding", "sign"):
        assert tuple(model.get_cpds(v.id).state_names[v.id]) == v.states
    for d in engine.network.diagnoses:
        kinds = [k.id for k in engine.network.kinds_of(d.id)]
        assert model.get_cpds(d.id).state_names[d.id] == ["absent", *kinds]


@pytest.mark.parametrize("region", ["knee", "spine"])
def test_the_other_regions_are_valid(region: str) -> None:
    assert bb.load(region).to_pgmpy().check_model()


def test_pgmpy_agrees_on_the_hip() -> None:
    from pgmpy.inference import VariableElimination

    engine, model = hip()
    inference = VariableElimination(model)
    for (findings, found, rng), _ in zip(possible_sets(11, 2, 3), range(SETS), strict=False):
        evidence, virtual = pgmpy_evidence(engine.network, findings)
        target = str(rng.choice([d.id for d in engine.network.diagnoses]))
        seen = [*evidence, *(c.variable for c in virtual)]
        nodes = relevant(model, [target], seen) - {target} - set(evidence)
        order = diagnosis_by_diagnosis(engine.network, [n for n in model.nodes() if n in nodes])
        answer = inference.query(
            [target], evidence=evidence, virtual_evidence=virtual or None,
            elimination_order=order, show_progress=False,
        )  # fmt: skip
        for state, p in found.diagnoses[target].kinds.items():
            assert answer.get_value(**{target: state}) == pytest.approx(p, abs=1e-9), findings


def agrum_net(model, nodes: set[str]):  # type: ignore[no-untyped-def]
    """The part of a pgmpy model as a pyAgrum network (whose numpy axes run the other way)."""
    gum: Any = import_module("pyagrum")
    net = gum.BayesNet()
    tables = {c.variable: c for c in model.get_cpds() if c.variable in nodes}
    for name, table in tables.items():
        net.add(gum.LabelizedVariable(name, name, [str(s) for s in table.state_names[name]]))
    for name, table in tables.items():
        for parent in table.variables[1:]:
            net.addArc(parent, name)
        axes = [table.variables.index(v) for v in reversed(net.cpt(name).names)]
        net.cpt(name)[:] = np.ascontiguousarray(np.asarray(table.values).transpose(axes))
    return net


def largest_clique(net, inference) -> float:  # type: ignore[no-untyped-def]
    tree = inference.junctionTree()
    sizes = [
        np.prod([net.variable(v).domainSize() for v in tree.clique(c)], dtype=float)
        for c in tree.nodes()
    ]
    return float(max(sizes))


def test_pyagrum_agrees_on_the_hip() -> None:
    gum: Any = import_module("pyagrum")
    engine, model = hip()
    diagnoses = [d.id for d in engine.network.diagnoses]
    compared = 0
    for findings, found, _ in possible_sets(23, 2, 3):
        evidence, virtual = pgmpy_evidence(engine.network, findings)
        given = evidence | {c.variable: np.asarray(c.values).ravel().tolist() for c in virtual}
        net = agrum_net(model, relevant(model, diagnoses, list(given)))
        inference = gum.LazyPropagation(net)
        inference.setEvidence(given)
        inference.setTargets(set(diagnoses))
        if largest_clique(net, inference) > LARGEST_CLIQUE:
            continue
        inference.makeInference()
        for d in diagnoses:
            absent = inference.posterior(d)[{d: "absent"}]
            assert found.diagnoses[d].present == pytest.approx(1 - absent, abs=1e-9), findings
        compared += 1
        if compared == SETS:
            return


@pytest.mark.parametrize("seed", range(3))
def test_all_unknown_on_small_networks(seed: int) -> None:
    """Nothing known but one finding: every risk factor is summed out."""
    from pgmpy.inference import VariableElimination

    network = small_network(seed)
    engine, model = bb.Engine(network), to_pgmpy(network)
    for findings in (
        {},
        {"crp": "raised"},
        {"sinus": "present"},
        {"onset": {"slow": 1, "sudden": 0.3}},
    ):
        evidence, virtual = pgmpy_evidence(network, findings)
        found = engine.posterior(findings)
        for d in found.diagnoses:
            answer = VariableElimination(model).query(
                [d], evidence=evidence, virtual_evidence=virtual or None, show_progress=False
            )
            absent = answer.get_value(**{d: "absent"})
            assert found.diagnoses[d].present == pytest.approx(1 - absent, abs=1e-9)
