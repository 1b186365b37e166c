"""The numbers of the prior, in many versions side by side: who comes, and how common each kind is.

All of them bear on every patient: base rates, starting shares of kinds, ages and sexes of a kind
and odds ratios of every risk factor (known or not), the case mix of the setting, the reference
at which kinds are stated, and the multipliers of risk factors by age and sex. Held are the share
with none of the diagnoses, and what is impossible (no man is pregnant).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from bme_bayes.casemix import IMPOSSIBLE, CaseMix, build_case_mix
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.errors import InputError
from bme_bayes.network import Network, Number, Variable

Floats = NDArray[np.float64]
BASE_RATE, KIND_SHARE, REFERENCE = "base_rate", "kind_share", "reference"
CONTEXT = ("age_band", "sex")


@dataclass(frozen=True)
class PriorVersions:
    """B versions; an array that does not vary may have length 1 there.

    base : (B, G) base rate of each (diagnosis, public state)
    kind_share : (B, K) starting share of each kind within its public state
    kinds : context or risk factor to (states, B, K): its share among a kind (context), or its
    odds ratio (risk factor)
    mix, reference : context or risk factor to (states, B): its share in the setting, and where
    the kinds are stated
    multiplier : risk factor to (states, B, 5 + 2): of its odds, by age band, then by sex
    """

    base: Floats
    kind_share: Floats
    kinds: Mapping[str, Floats]
    mix: Mapping[str, Floats]
    reference: Mapping[str, Floats]
    multiplier: Mapping[str, Floats]

    def part(self, start: int, stop: int) -> PriorVersions:
        """The versions from `start` up to `stop`, without a copy."""

        def cut(table: Floats, axis: int) -> Floats:
            if table.shape[axis] == 1:
                return table
            return table[start:stop] if axis == 0 else table[:, start:stop]

        return self._with(lambda name, table, axis: cut(table, axis))  # noqa: ARG005

    def widened(self, size: int, names: Set[str]) -> PriorVersions:
        """With `size` versions of some variables, of base rates or of kinds' shares, to change."""

        def widen(name: str, table: Floats, axis: int) -> Floats:
            return np.repeat(table, size, axis) if name in names else table

        return self._with(widen)

    def _with(self, change: Callable[[str, Floats, int], Floats]) -> PriorVersions:
        """With every array changed, by its variable's name and the axis of its versions."""
        named = {
            f.name: {n: change(n, t, 1) for n, t in getattr(self, f.name).items()}
            for f in fields(self)[2:]
        }
        base = change(BASE_RATE, self.base, 0)
        return PriorVersions(base, change(KIND_SHARE, self.kind_share, 0), **named)


def roots(network: Network) -> tuple[Variable, ...]:
    """Age band, sex and the risk factors."""
    return (*map(network.variable, CONTEXT), *network.risks)


def base_numbers(space: DiseaseSpace) -> tuple[Number, ...]:
    """The base rates in the order of the (diagnosis, public state) pairs."""
    prior = space.network.prior
    if prior is None:
        raise InputError("the network has no prior set; load it with a setting")
    base = prior.region(space.network.region)
    return tuple(base[grade] for grade in space.scenarios.grades)


def prior_numbers(space: DiseaseSpace) -> Iterator[Number]:
    """Every number of the prior that is not held."""
    network, prior = space.network, space.network.prior
    yield from base_numbers(space)
    names = {v.id for v in roots(network)}
    if prior:
        yield from (n for (child, _), n in prior.mix.items() if child in names)
    diagnoses = set(space.scenarios.diagnoses)
    for n in network.numbers.values():
        if n.quantity in ("odds_ratio", "share", "multiplier"):
            if n.child in names and n.value > (IMPOSSIBLE if n.quantity == "multiplier" else 0):
                yield n
        elif n.quantity == KIND_SHARE and n.child in diagnoses and 0 < n.value < 1:
            yield n


def is_prior(number: Number) -> bool:
    """Whether a number is one of the prior's."""
    return number.quantity not in ("frequency", "coupling")


def is_case_mix(number: Number, network: Network) -> bool:
    """Whether a number says who comes, not how common a diagnosis is."""
    return number.quantity == BASE_RATE and network.variable(number.child).role != "diagnosis"


def prior_point(space: DiseaseSpace) -> PriorVersions:
    """The numbers as they stand: one version (B = 1)."""
    network, stated = space.network, build_case_mix(space.network)
    causes = [k.cause for k in network.kinds]
    share = [network.value(KIND_SHARE, k.diagnosis, k.id, k.grade, 1.0) for k in network.kinds]
    kinds = {r.variable.id: r.ratio[:, None, :] for r in stated.risks}
    for v in map(network.variable, CONTEXT):
        own = [[network.value("share", v.id, s, c, 0.0) for c in causes] for s in v.states]
        kinds[v.id] = np.maximum(own, 1e-6)[:, None, :]
    return PriorVersions(
        base=np.array([[b.value for b in base_numbers(space)]]),
        kind_share=np.array([share]),
        kinds=kinds,
        mix=_shares(stated),
        reference=_shares(space.reference_mix),
        multiplier={
            r.variable.id: np.hstack([r.by_age, r.by_sex])[:, None, :] for r in stated.risks
        },
    )


def _shares(mix: CaseMix) -> dict[str, Floats]:
    """(states, 1) of age band, sex and every risk factor (at the reference age and sex)."""
    risks = {r.variable.id: (r.odds / r.odds.sum())[:, None] for r in mix.risks}
    return {"age_band": mix.age[:, None], "sex": mix.sex[:, None], **risks}


def by(network: Network) -> list[str]:
    """What a multiplier is by: the age bands, then the sexes."""
    return [f"{name}.{s}" for name in CONTEXT for s in network.variable(name).states]


def change_prior(
    space: DiseaseSpace, out: PriorVersions, row: int, number: Number, value: float
) -> bool:
    """Set one number in one version, in place; False if it is none of the prior's.

    The other states of a column keep their proportions, and so do the other base rates.
    """
    network, child, state, cause = space.network, number.child, number.state, number.cause
    causes = [k.cause for k in network.kinds]
    place = -1 if child not in out.mix else network.variable(child).state_index(state)
    if number.quantity == BASE_RATE and (child, state) in space.scenarios.grades:
        grade = space.scenarios.grades.index((child, state))
        out.base[row] = set_share(out.base[row], grade, value)
    elif number.quantity == BASE_RATE and place >= 0:
        out.mix[child][:, row] = set_share(out.mix[child][:, row], place, value)
    elif number.quantity == KIND_SHARE:
        kinds = [i for i, k in enumerate(network.kinds) if (k.diagnosis, k.grade) == (child, cause)]
        own = [network.kinds[i].id for i in kinds].index(state)
        out.kind_share[row, kinds] = set_share(out.kind_share[row, kinds], own, value)
    elif number.quantity == "share" and cause == REFERENCE and place >= 0:
        out.reference[child][:, row] = set_share(out.reference[child][:, row], place, value)
    elif number.quantity == "share" and cause in causes and place >= 0:
        shares = out.kinds[child][:, row, causes.index(cause)]
        shares[:] = set_share(shares, place, value)
    elif number.quantity == "odds_ratio" and cause in causes and place >= 0:
        out.kinds[child][place, row, causes.index(cause)] = value
    elif number.quantity == "multiplier" and cause in by(network) and child in out.multiplier:
        out.multiplier[child][place, row, by(network).index(cause)] = value
    else:
        return False
    return True


def set_share(column: Floats, index: int, value: float) -> Floats:
    """A column with one share set and the others scaled to keep their proportions and the sum."""
    total = column.sum()
    rest = total - column[index]
    others = np.full_like(column, (total - value) / max(len(column) - 1, 1))
    out = column * ((total - value) / rest) if rest > 0 else others
    out[index] = value
    return np.asarray(out)
