"""Who arrives: context and risk factors, and how they multiply the odds of each kind.

The prior is a log-linear (rate) model of the people seen in a clinic:

    weight(S, age, sex, risks) = prevalence(|S|) * prod over kinds in S of
        odds * age ratio * sex ratio * prod of risk ratios, times the case mix.

Given a scenario S the risk factors are independent, so one that was not asked about sums
out in closed form, and nothing grows with the number of unknown risk factors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.errors import InputError
from bme_bayes.network import Network, Variable
from bme_bayes.priors import PriorSet

Floats = NDArray[np.float64]
IMPOSSIBLE = 1e-3
"""A risk multiplier at or below this for one sex or age is taken as impossible (zero)."""


@dataclass(frozen=True)
class Risk:
    """One risk factor.

    odds : (states,) odds of each state against the baseline, at the reference age and sex
    by_age, by_sex : (states, 5), (states, 2) multipliers of these odds
    ratio : (states, K) odds ratio of each kind against the baseline state
    """

    variable: Variable
    odds: Floats
    by_age: Floats
    by_sex: Floats
    ratio: Floats

    def shares(self) -> Floats:
        """P(state | age, sex): (states, 5, 2)."""
        odds = self.odds[:, None, None] * self.by_age[:, :, None] * self.by_sex[:, None, :]
        return np.asarray(odds / odds.sum(axis=0))


@dataclass(frozen=True)
class CaseMix:
    """Ages, sexes and risk factors, with what they do to each kind.

    age : (5,) and sex : (2,) shares; age_ratio (5, K) and sex_ratio (2, K) multipliers of
    the odds of each kind, relative to the reference mix of ages and sexes.
    """

    age: Floats
    sex: Floats
    age_ratio: Floats
    sex_ratio: Floats
    risks: tuple[Risk, ...]

    def mean_ratio(self) -> Floats:
        """The average multiplier of each kind over this case mix, (K,)."""
        total = np.zeros(self.age_ratio.shape[1])
        per_risk = [np.einsum("sax,sk->axk", r.shares(), r.ratio) for r in self.risks]
        for a, x in np.ndindex(len(self.age), len(self.sex)):
            product = self.age[a] * self.sex[x] * self.age_ratio[a] * self.sex_ratio[x]
            for table in per_risk:
                product = product * table[a, x]
            total += product
        return np.asarray(total)


def build_case_mix(network: Network) -> CaseMix:
    """The case mix of the network's prior set, before it is solved for marrow edema."""
    prior = network.prior
    if prior is None:
        raise ValueError("the network has no prior set; load it with a setting")
    age, sex = network.variable("age_band"), network.variable("sex")
    return CaseMix(
        age=_mix(prior, age),
        sex=_mix(prior, sex),
        age_ratio=_ratios(network, age),
        sex_ratio=_ratios(network, sex),
        risks=tuple(_risk(network, r, _mix(prior, r)) for r in network.risks),
    )


def _mix(prior: PriorSet, variable: Variable) -> Floats:
    """(states,) shares in the clinic; the one state that is not given is the rest."""
    known = np.array(
        [
            prior.mix[variable.id, s].value if (variable.id, s) in prior.mix else np.nan
            for s in variable.states
        ]
    )
    known = np.where(np.isnan(known), 1 - np.nansum(known), known)
    if not (known >= 0).all() or not known[0] > 0:
        shares = ", ".join(f"{s} {p:.3g}" for s, p in zip(variable.states, known, strict=True))
        raise InputError(
            f"the shares of {variable.id} in {prior.name} must be 0 or more and leave some for "
            f"{variable.states[0]}: {shares}"
        )
    return np.asarray(known / known.sum())


def _ratios(network: Network, variable: Variable) -> Floats:
    """(states, K) share of each age or sex among a kind, over its share in the reference."""
    causes = [k.cause for k in network.kinds]
    shares = np.maximum(_table(network, "share", variable, causes, 0.0), 1e-6)
    return np.asarray(shares / _table(network, "share", variable, ["reference"], 1.0))


def _risk(network: Network, variable: Variable, shares: Floats) -> Risk:
    """A risk factor with its shares in the clinic."""
    by_age, by_sex = (
        _table(network, "multiplier", variable, [f"{by}.{s}" for s in states], 1.0)
        for by, states in (
            ("age_band", network.variable("age_band").states),
            ("sex", network.variable("sex").states),
        )
    )
    return Risk(
        variable=variable,
        odds=shares / shares[0],
        by_age=np.where(by_age <= IMPOSSIBLE, 0.0, by_age),
        by_sex=np.where(by_sex <= IMPOSSIBLE, 0.0, by_sex),
        ratio=_table(network, "odds_ratio", variable, [k.cause for k in network.kinds], 1.0),
    )


def _table(
    network: Network, quantity: str, variable: Variable, causes: Sequence[str], default: float
) -> Floats:
    """(states, causes) numbers of one quantity; `default` where there is none."""
    return np.array(
        [
            [network.value(quantity, variable.id, s, c, default) for c in causes]
            for s in variable.states
        ]
    )
