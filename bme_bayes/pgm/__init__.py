"""The same model as a pgmpy Bayesian network, exact and with small tables only.

What stands for what (`avn` is one of the diagnoses, `crp` a finding):

    age_band, sex -> risk factor            the solved case mix
    avn__via_age_and_sex -> avn__via_<risk> -> ... -> avn
                                            a kind is proposed and survives each risk factor
                                            with its odds ratio over the largest one; a
                                            proposal that does not survive is `dropped`
    avn__via_<last> -> number_of_diagnoses__via_avn -> ... -> referred
                                            the selection node: P(present | how many)
    avn -> crp__via_avn -> ... -> crp       one diagnosis after the other adds its effect

`referred` is present in everyone who is seen: a query without it is not about patients.
`pgmpy_evidence` adds it. Nothing but this module imports pgmpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.mentions import read_findings
from bme_bayes.network import Network
from bme_bayes.pgm.nodes import REFERRED, build_nodes

if TYPE_CHECKING:
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork


def to_pgmpy(network: Network, space: DiseaseSpace | None = None) -> DiscreteBayesianNetwork:
    """The network under its prior set as a pgmpy model with the vocabulary's ids and states.

    A diagnosis has the states `absent` and its kinds. Helper nodes have two underscores in
    their names and are pgmpy's latents. Give `space` where the network is compiled already.
    Raises `InputError` when the base rates cannot be met.
    """
    from pgmpy.factors.discrete import TabularCPD  # noqa: PLC0415 - takes two seconds
    from pgmpy.models import DiscreteBayesianNetwork  # noqa: PLC0415

    nodes = build_nodes(space or DiseaseSpace(network))
    model = DiscreteBayesianNetwork()
    model.add_nodes_from(nodes)
    model.latents = {name for name in nodes if "__" in name}
    for node in nodes.values():
        for parent in node.parents:
            model.add_edge(parent, node.name)
        model.add_cpds(
            TabularCPD(
                node.name,
                len(node.states),
                node.values.reshape(len(node.states), -1),
                evidence=list(node.parents) or None,
                evidence_card=list(node.values.shape[1:]) or None,
                state_names={n: list(nodes[n].states) for n in (node.name, *node.parents)},
            )
        )
    return model


def pgmpy_evidence(
    network: Network, findings: Mapping[str, object], unmentioned: float | None = None
) -> tuple[dict[str, str], list[TabularCPD]]:
    """Findings as evidence and virtual evidence for pgmpy, with what the model takes as given.

    These are the selection node, marrow edema (present unless the findings say otherwise) and
    the setting's reading of what was stated and what was not: so the answers are those of
    `bme_bayes.Engine`. Raises `UnknownName`, `InvalidFinding` or `Contradiction`; findings
    that are impossible together pass here, and pgmpy answers them with NaN.
    """
    from pgmpy.factors.discrete import TabularCPD  # noqa: PLC0415

    coded, assumed = read_findings(network, findings, unmentioned)
    coded = {**assumed, **coded}
    evidence, virtual = {REFERRED: "present"}, []
    for name, likelihood in coded.items():
        states = network.variable(name).states
        if np.count_nonzero(likelihood) == 1:
            evidence[name] = states[int(likelihood.argmax())]
        else:
            names = {name: list(states)}
            column = likelihood.reshape(-1, 1)
            virtual.append(TabularCPD(name, len(states), column, state_names=names))
    return evidence, virtual
