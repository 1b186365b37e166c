"""What the model says of one patient, over the scenarios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bme_bayes.findings import Coded

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Belief:
    """The joint posterior of one patient.

    scenario : (S,) posterior of each scenario
    log_evidence : natural log of P(findings | marrow edema) in this setting
    coded : the findings it rests on
    assumed : what was taken for granted of variables that were not entered
    posterior_levels : `levels` for what is known
    """

    scenario: Floats
    log_evidence: float
    coded: Coded
    assumed: Coded
    posterior_levels: Callable[[Coded], dict[str, Floats]]

    @property
    def known(self) -> Coded:
        """What was entered and what was assumed."""
        return {**self.assumed, **self.coded}

    @cached_property
    def levels(self) -> dict[str, Floats]:
        """Process id to (2, S) P(level | scenario, findings)."""
        return self.posterior_levels(self.known)
