"""Rules that speak whatever the probabilities say, and rules about the label itself.

Three answers are possible for every condition: yes, no, and not known. A finding that was
not entered is not known, never absent; a rule fires on yes alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bme_bayes.findings import Coded, code_findings
from bme_bayes.network import Network
from bme_bayes.posterior import SYNDROME, Posterior
from bme_bayes.rules import LABEL_RULES, PROGRAMME, RED_FLAGS, Condition, Rule, load_rules

Findings = Mapping[str, object]
PRESENT = 0.5
"""Share of the relative probability from which on a finding counts as being in a state."""


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A red flag that fires. `source` is a key of `networks/sources.csv`."""

    id: str
    text: str
    source: str
    urgency: str


@dataclass(frozen=True, slots=True)
class LabelWarning:
    """A reason why the label "syndrome" does not fit although the syndrome leads."""

    id: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a structured programme: met, not met, or None where it is not known."""

    id: str
    text: str
    source: str
    met: bool | None


def red_flags(
    network: Network, findings: Findings, folder: Path | None = None
) -> tuple[RedFlag, ...]:
    """The red flags that fire for these findings, in file order.

    A finding counts as present at half or more of its relative probability, so an entry of
    one to one fires: who cannot rule a warning sign out is shown the flag. A finding that was
    not entered never fires. `folder` holds other rules than the bundled ones. Raises
    what `code_findings` raises for findings it cannot read.
    """
    facts = _Facts(network, code_findings(network, findings))
    return tuple(
        RedFlag(r.id, r.text, r.source, r.urgency)
        for r in _rules(RED_FLAGS, network, folder)
        if facts.answer(r.when)
    )


def label_warnings(
    network: Network, findings: Findings, posterior: Posterior
) -> tuple[LabelWarning, ...]:
    """Reasons against the label when the syndrome leads; none when another diagnosis leads."""
    if posterior.leader != SYNDROME:
        return ()
    facts = _Facts(
        network, code_findings(network, findings), posterior, red_flags(network, findings)
    )
    return tuple(
        LabelWarning(r.id, r.text, r.source)
        for r in _rules(LABEL_RULES, network)
        if facts.answer(r.when)
    )


def programme_criteria(
    network: Network, findings: Findings, posterior: Posterior
) -> tuple[Criterion, ...]:
    """Every criterion for considering a structured programme, with its answer."""
    facts = _Facts(network, code_findings(network, findings), posterior)
    return tuple(
        Criterion(r.id, r.text, r.source, facts.answer(r.when)) for r in _rules(PROGRAMME, network)
    )


def _rules(file: str, network: Network, folder: Path | None = None) -> tuple[Rule, ...]:
    return tuple(r for r in load_rules(file, folder) if network.region in r.regions)


@dataclass(frozen=True)
class _Facts:
    """What conditions are answered from."""

    network: Network
    coded: Coded
    posterior: Posterior | None = None
    flags: tuple[RedFlag, ...] = ()

    def answer(self, condition: Condition | None) -> bool | None:
        """Yes, no, or None: not known."""
        if condition is None:
            return None
        if condition.kind in ("all", "any"):
            answers = [self.answer(part) for part in condition.parts]
            decisive = condition.kind == "any"
            if decisive in answers:
                return decisive
            return None if None in answers else not decisive
        if condition.kind == "red_flag":
            return bool(self.flags)
        return (
            self._probable(condition) if condition.kind == "probability" else self._seen(condition)
        )

    def _probable(self, condition: Condition) -> bool | None:
        if self.posterior is None:
            return None
        found = self.posterior.diagnoses.get(condition.name)
        return found is not None and found.present >= condition.at_least

    def _seen(self, condition: Condition) -> bool | None:
        variable = self.network.variables.get(condition.name)
        if variable is None:  # no finding of this region
            return False
        likelihood = self.coded.get(condition.name)
        if likelihood is None:
            return None
        wanted = np.isin(variable.states, condition.states)
        return bool(likelihood[wanted].sum() >= PRESENT * likelihood.sum())
