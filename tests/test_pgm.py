"""The same network in pgmpy and in pyAgrum gives the engine's answers.

Both enumerate nothing: they eliminate variables from small tables, so agreement on a whole
region checks the disease space, the prior, the processes and the selection node at once. Each
would choose an order of elimination itself, but the cheap one, a diagnosis after the other, is
not the one that their heuristics find: so `Plan` hands it to them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from importlib import import_module
from typing import Any
from unittest import mock

import networkx as nx
import numpy as np
import opt_einsum  # type: ignore[import-untyped]
import pytest
from small_network import small_network, small_reports

import bme_bayes as bb
from bme_bayes.network import EDEMA, Network
from bme_bayes.pgm import pgmpy_evidence, to_pgmpy

SETS = 50
EQUAL = 1e-9
LARGEST_TABLE = 2e6
REGIONS = ("hip", "knee", "ankle_foot", "spine")
ELSEWHERE = (("knee", "obstetric"), ("ankle_foot", "sports_medicine"), ("spine", "case_reports"))
Findings = dict[str, object]


@dataclass(frozen=True)
class Compiled:
    """An engine, and the pgmpy model of the same network."""

    engine: bb.Engine
    model: Any

    @property
    def network(self) -> Network:
        return self.engine.network


@cache
def compiled(region: str = "hip", setting: str = "general_orthopaedics") -> Compiled:
    """A region compiled; signs that were not mentioned are summed out.

    As evidence on every one of them they would outgrow the others' memory: that reading is
    compared on small networks.
    """
    network = bb.load(region, setting)
    assert network.prior is not None
    engine = bb.Engine(network.with_prior(replace(network.prior, unmentioned_signs=1.0)))
    return Compiled(engine, to_pgmpy(engine.network, engine.space))


# The model itself


@pytest.mark.parametrize("region", REGIONS)
def test_the_model_is_valid_and_its_tables_are_small(region: str) -> None:
    model = compiled(region).model
    assert model.check_model()
    for cpd in model.get_cpds():
        np.testing.assert_allclose(cpd.get_values().sum(axis=0), 1, atol=1e-12)
        assert cpd.get_values().min() >= 0
        assert cpd.values.size < 5000


@pytest.mark.parametrize("region", REGIONS)
def test_variables_and_states_carry_the_ids_of_the_vocabulary(region: str) -> None:
    network, model = compiled(region).network, compiled(region).model
    for v in network.variables.values():
        kinds = [k.id for k in network.kinds_of(v.id)]
        expected = ["absent", *kinds] if v.role == "diagnosis" else list(v.states)
        assert model.get_cpds(v.id).state_names[v.id] == expected
    helpers = set(model.nodes()) - set(network.variables) - {"referred"}
    assert helpers == set(model.latents)
    assert all("__" in name for name in helpers)


def test_arrows_run_from_risk_factor_to_diagnosis_to_finding() -> None:
    network, model = compiled().network, compiled().model
    above = nx.ancestors(model, "avn")
    assert {"age_band", "sex", "corticosteroids"} <= above
    assert not above & {v.id for v in (*network.findings, *network.of_role("process", "sign"))}
    for finding in network.findings:
        assert {d.id for d in network.diagnoses} <= nx.ancestors(model, finding.id)


def test_a_network_gives_its_model() -> None:
    model, again = compiled("spine").network.to_pgmpy(), compiled("spine").model
    assert list(model.nodes()) == list(again.nodes())
    for cpd in again.get_cpds():
        np.testing.assert_allclose(model.get_cpds(cpd.variable).values, cpd.values, atol=1e-7)


# Findings as evidence


def test_evidence_adds_what_is_taken_as_given() -> None:
    network = compiled().network
    evidence, virtual = pgmpy_evidence(network, {"crp": "raised", "age": 40, "esr": None})
    given = {"referred": "present", EDEMA: "present"}
    assert evidence == given | {"crp": "raised", "age_band": "30_50"}
    assert virtual == []
    assert pgmpy_evidence(network, {EDEMA: "not_imaged"})[0] == {"referred": "present"}


def test_an_uncertain_finding_is_virtual_evidence() -> None:
    network = compiled().network
    evidence, (cpd,) = pgmpy_evidence(network, {"crp": {"raised": 0.2, "normal": 0.8}})
    assert "crp" not in evidence
    assert cpd.state_names["crp"] == list(network.variable("crp").states)
    assert cpd.values.tolist() == [1.0, 0.25, 0.0]


def test_unmentioned_risk_factors_are_read_as_asked() -> None:
    network = compiled().network
    _, virtual = pgmpy_evidence(network, {"corticosteroids": "present"}, unmentioned=0.5)
    assert {c.variable for c in virtual} == {v.id for v in network.risks} - {"corticosteroids"}


def test_an_unknown_finding_is_an_error() -> None:
    with pytest.raises(bb.UnknownName, match="'crp'"):
        pgmpy_evidence(compiled().network, {"crpp": "raised"})


# Exact inference by others, in the order that is cheap here


class Plan:
    """What a query needs of a model, and the order in which to eliminate it.

    Only ancestors of what is asked or observed count. A diagnosis is eliminated with all that
    hangs on it before the next one is looked at, so that no table holds more than one
    diagnosis, the running effects on the findings, the processes and the unknown roots.
    """

    def __init__(
        self, one: Compiled, evidence: dict[str, str], virtual: list[Any], asked: Iterable[str]
    ) -> None:
        self.model = one.model
        self.evidence = evidence
        self.uncertain = {c.variable: np.asarray(c.values).ravel().tolist() for c in virtual}
        self.diagnoses = [d.id for d in one.network.diagnoses]
        names = {*evidence, *self.uncertain, *asked}
        self.nodes = names.union(*(nx.ancestors(one.model, n) for n in names))

    def rank(self, name: str) -> tuple[int, int]:
        """Which diagnosis' turn it is to eliminate a node, and when in that turn."""
        chain, _, via = name.partition("__via_")
        if chain in self.diagnoses:
            last = chain in self.model.successors(name) if via else False
            return self.diagnoses.index(chain), 2 if last else 0 if via else 4
        if via in self.diagnoses:
            turn = self.diagnoses.index(via) + 1
            return turn, 1 if chain == "number_of_diagnoses" else 3
        return len(self.diagnoses) + 1, 0

    def ordered(self, names: Iterable[str]) -> list[str]:
        return sorted(names, key=self.place.__getitem__)

    @cached_property
    def place(self) -> dict[str, tuple[tuple[int, int], int]]:
        out = {n: (self.rank(n), i) for i, n in enumerate(self.model.nodes())}
        return out | {f"__{n}": ((-1, 0), i) for i, n in enumerate(self.uncertain)}

    @cached_property
    def cliques(self) -> list[frozenset[str]]:
        """The sets of nodes that are in one table while the next node is eliminated."""
        live = [
            frozenset(self.model.get_cpds(n).variables) - set(self.evidence) for n in self.nodes
        ]
        out = []
        for name in self.ordered(self.nodes - set(self.evidence)):
            out.append(frozenset().union(*(s for s in live if name in s)))
            live = [s for s in live if name not in s] + [out[-1] - {name}]
        return [c for c in out if not any(c < other for other in out)]

    @property
    def largest(self) -> int:
        """Numbers in the largest table, however the unknown ones are combined."""
        size = self.model.get_cardinality
        return max(math.prod(int(size(n)) for n in c) for c in self.cliques)


class PlannedContraction:
    """Makes pgmpy's variable elimination contract its tables in the order of a plan."""

    def __init__(self, plan: Plan) -> None:
        from pgmpy.inference import VariableElimination

        class Recording(VariableElimination):  # type: ignore[misc]
            """pgmpy numbers the nodes as they come in the pruned model."""

            def _prune_bayesian_model(self, *args: Any) -> tuple[Any, Any]:
                model, evidence = super()._prune_bayesian_model(*args)
                self.pruned = list(model.nodes())
                return model, evidence

        self.plan, self.inference = plan, Recording(plan.model)

    def query(self, variables: list[str], virtual: list[Any]) -> Any:
        """The joint posterior of some variables, by pgmpy."""
        with mock.patch("pgmpy.inference.ExactInference.contract", self.contract):
            return self.inference.query(
                variables, self.plan.evidence, virtual or None, show_progress=False
            )

    def contract(self, *operands: Any, **_: str) -> Any:
        """`opt_einsum.contract` on its alternating arrays and axes, but in our order."""
        arrays, axes, out = operands[:-1:2], operands[1:-1:2], set(operands[-1])
        sizes = {
            axis: size
            for array, its in zip(arrays, axes, strict=True)
            for axis, size in zip(its, array.shape, strict=True)
        }
        number = {name: i for i, name in enumerate(self.inference.pruned)}
        order = [number[n] for n in self.plan.ordered(number) if number[n] in sizes.keys() - out]
        path = contraction_path([set(a) for a in axes], out, sizes, order)
        return opt_einsum.contract(*operands, optimize=path)


def contraction_path(
    live: list[set[int]], out: set[int], sizes: dict[int, int], order: list[int]
) -> list[tuple[int, ...]]:
    """Pairs of positions to multiply, smallest tables first, that eliminate in this order."""
    path: list[tuple[int, ...]] = []

    def size(table: set[int]) -> int:
        return math.prod(sizes[a] for a in table)

    for axis in [*order, None]:
        mine = [t for t in live if axis is None or axis in t]
        while len(mine) > 1:
            mine.sort(key=size)
            pair = tuple(next(i for i, t in enumerate(live) if t is x) for x in mine[:2])
            rest = [t for i, t in enumerate(live) if i not in pair]
            joined = (mine[0] | mine[1]) & out.union(*rest)
            path.append(pair)
            live, mine = [*rest, joined], [*mine[2:], joined]
    return path


def by_pyagrum(plan: Plan, targets: Iterable[str]) -> Any:
    """The inference of pyAgrum; its joint targets keep it to the tables of the plan."""
    inference = agrum(plan.model, plan.nodes)
    inference.setEvidence(plan.evidence | plan.uncertain)
    for name in targets:
        inference.addTarget(name)
    for clique in plan.cliques:
        if len(clique) > 1:
            inference.addJointTarget(set(clique))
    inference.makeInference()
    return inference


def agrum(model: Any, nodes: set[str]) -> Any:
    """Part of a pgmpy model in pyAgrum, whose numpy axes run the other way."""
    gum: Any = import_module("pyagrum")
    net = gum.BayesNet()
    names = [n for n in model.nodes() if n in nodes]
    for name in names:
        net.add(gum.LabelizedVariable(name, name, model.get_cpds(name).state_names[name]))
    for name in names:
        for parent in model.get_cpds(name).variables[1:]:
            net.addArc(parent, name)
        net.cpt(name)[:] = np.ascontiguousarray(model.get_cpds(name).values.T)
    return gum.LazyPropagation(net)


# Agreement


def random_patient(one: Compiled, rng: np.random.Generator) -> tuple[Findings, str]:
    """Possible findings, some uncertain, with up to five roots unknown; and one to ask for.

    Drawn anew while a table would outgrow what the others can bear.
    """
    while True:
        findings, asked = random_findings(one.network, rng)
        evidence, virtual = pgmpy_evidence(one.network, findings)
        if Plan(one, evidence, virtual, [asked]).largest > LARGEST_TABLE:
            continue
        try:
            one.engine.posterior(findings)
        except bb.Contradiction:
            continue
        return findings, asked


def random_findings(network: Network, rng: np.random.Generator) -> tuple[Findings, str]:
    roots = network.of_role("context", "risk")
    hidden = set(rng.choice([v.id for v in roots], rng.integers(0, 6), replace=False))
    asked, *chosen = rng.choice([v.id for v in network.findings], rng.integers(4, 7), replace=False)
    out: Findings = {}
    for name in [*(v.id for v in roots if v.id not in hidden), *map(str, chosen), EDEMA]:
        states = network.variables[name].states
        draw = rng.random()
        if name in chosen or draw < 0.2 or name in ("age_band", "sex"):
            out[name] = states[rng.integers(len(states))]
        elif name != EDEMA:
            out[name] = states[0]
        if draw > 0.9 or (name in chosen and draw > 0.7):
            out[name] = {s: float(w) for s, w in zip(states, rng.random(len(states)), strict=True)}
    if rng.random() < 0.1:
        out[EDEMA] = "not_imaged"
    return out, str(asked)


@pytest.mark.parametrize("seed", range(SETS))
def test_pgmpy_and_pyagrum_agree_on_the_hip(seed: int) -> None:
    agree(compiled(), seed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("region", "setting"), ELSEWHERE)
def test_pgmpy_and_pyagrum_agree_elsewhere(region: str, setting: str, seed: int) -> None:
    agree(compiled(region, setting), seed)


def agree(one: Compiled, seed: int) -> None:
    """Diagnoses, kinds, a finding's results, unknown roots and log evidence of one patient."""
    findings, asked = random_patient(one, np.random.default_rng(seed))
    evidence, virtual = pgmpy_evidence(one.network, findings)
    plan = Plan(one, evidence, virtual, [asked])
    roots = [v.id for v in one.network.of_role("context", "risk") if v.id not in findings]
    agrum = by_pyagrum(plan, [*plan.diagnoses, asked, *roots])
    close = partial(pytest.approx, abs=EQUAL)

    found = one.engine.posterior(findings)
    for name, diagnosis in found.diagnoses.items():
        absent, *kinds = agrum.posterior(name).toarray()
        assert list(diagnosis.kinds.values()) == close(kinds)
        assert diagnosis.present == close(1 - absent)

    values = {f.id: f.results for f in one.engine.next_findings(findings).findings}
    for name in (asked, *roots):
        states = one.network.variables[name].states
        ours = [values[name][s].probability if s in values[name] else 0 for s in states]
        assert ours == close(agrum.posterior(name).toarray())

    bare = {n: v for n, v in findings.items() if one.network.variables[n].role != "finding"}
    before = by_pyagrum(Plan(one, *pgmpy_evidence(one.network, bare), []), [])
    theirs = np.log(agrum.evidenceProbability() / before.evidenceProbability())
    gain = found.log_evidence - one.engine.posterior(bare).log_evidence
    assert gain == close(theirs)

    chosen = plan.diagnoses[seed % len(plan.diagnoses)]
    joint = PlannedContraction(plan).query([chosen, asked], virtual)
    for i, state in enumerate(one.network.variables[asked].states):
        result = values[asked].get(state)
        both = result.probability * result.present[chosen] if result else 0
        assert both == close(joint.values[1:, i].sum())
        assert (result.probability if result else 0) == close(joint.values[:, i].sum())


@pytest.mark.parametrize("make", [small_network, small_reports])
@pytest.mark.parametrize("seed", range(3))
def test_all_unknown_on_small_networks(seed: int, make: Callable[[int], Network]) -> None:
    """Nothing known but one finding: every risk factor is summed out, by pgmpy unaided."""
    from pgmpy.inference import VariableElimination

    network = make(seed)
    engine, model = bb.Engine(network), to_pgmpy(network)
    for findings in (
        {},
        {"crp": "raised", "fever": "absent"},
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
            assert found.diagnoses[d].present == pytest.approx(1 - absent, abs=EQUAL)
