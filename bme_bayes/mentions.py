"""How a setting reads what was said of a patient, and what was not.

In a clinic an absence is an absence, and unknown is never absent. A published report is
written by someone who knows the answer: it names what was found, is silent on most of what was
not, and states an absence where the reader would have expected the sign.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bme_bayes.errors import InvalidFinding
from bme_bayes.findings import Coded, Floats, code_findings
from bme_bayes.network import Network, Variable


def read_findings(
    network: Network, findings: Mapping[str, object], unmentioned: float | None = None
) -> tuple[Coded, Coded]:
    """What was entered and what is assumed of the rest, as relative likelihoods of states.

    `unmentioned` asks for another strength than the setting's, of risk factors alone: 1 assumes
    nothing. Raises `UnknownName`, `InvalidFinding` or `Contradiction`.
    """
    coded = code_findings(network, findings)
    coded = {n: as_stated(network, network.variable(n), v) for n, v in coded.items()}
    return coded, assume_unremarkable(network, findings, unmentioned)


def is_sign(variable: Variable) -> bool:
    """Whether a finding is a sign, there or not: graded results and kinds are measured."""
    return variable.role == "finding" and variable.states == ("absent", "present")


def as_stated(network: Network, variable: Variable, likelihood: Floats) -> Floats:
    """The relative likelihoods of what a report says: see `PriorSet.stated_absence`."""
    weight = network.prior.stated_absence if network.prior else 0.0
    if not weight or not is_sign(variable) or likelihood[1] > 0:
        return likelihood
    out = np.array([1.0, weight])
    return np.asarray(out / out.max())


def assume_unremarkable(
    network: Network, findings: Mapping[str, object], unmentioned: float | None = None
) -> Coded:
    """What is taken of risk factors and signs that were not mentioned.

    Present is as likely as `PriorSet.unmentioned` says of a risk factor, `unmentioned_signs` of a
    sign; `unmentioned` overrides the one and drops the other. At 1 nothing is assumed, which is
    the rule for a patient: unknown is never absent. An explicit "unknown" stays unknown.
    """
    prior = network.prior
    risks, signs = (prior.unmentioned, prior.unmentioned_signs) if prior else (1.0, 1.0)
    if unmentioned is not None:
        risks, signs = unmentioned, 1.0
    if not 0 < risks <= 1:
        raise InvalidFinding(f"strength {risks!r} is outside 0 (excluded) to 1")
    open_to = {v.id: (v, risks) for v in network.risks if risks < 1}
    if signs < 1:
        wholes = (v for v in network.findings if is_sign(v) and not v.part_of)
        open_to |= {v.id: (v, signs) for v in wholes}
    return {
        name: np.array([1.0] + [strength] * (len(variable.states) - 1))
        for name, (variable, strength) in open_to.items()
        if name not in findings
    }
