"""Many versions of the prior over single causes, by age and sex.

The cells are the K1 causes (the kinds and none) times the AX pairs of age band and sex; B are the
versions. A risk factor is not a dimension: given cause, age and sex it is independent of the
others, so each multiplies a cell by its average odds ratio there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.questions.prior_versions import CONTEXT, PriorVersions
from bme_bayes.roots import Evidence

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass
class Cells:
    """Versions of the prior; an array that does not vary may have length 1 in the last axis.

    weight : (K1, AX, B) of everything but the risk factors
    odds : risk factor to (states, AX, B), among those without any of the diagnoses
    excess : risk factor to (states - 1, K1, B) odds ratios less one
    """

    weight: Floats
    odds: dict[str, Floats]
    excess: dict[str, Floats]

    def tables(self) -> tuple[Floats, ...]:
        """All arrays."""
        return (self.weight, *self.odds.values(), *self.excess.values())

    def carried(self, risk: str, known: Floats | None = None, out: Floats | None = None) -> Floats:
        """(K1, AX, B) average odds ratio of a risk factor, over what is known of its states."""
        share, excess = self.odds[risk] / self.odds[risk].sum(axis=0), self.excess[risk]
        likely = np.ones(len(share)) if known is None else known
        average = np.multiply(excess[0][:, None], likely[1] * share[1], out=out)
        for k, own, more in zip(likely[2:], share[2:], excess[1:], strict=True):
            average = np.add(average, (k * own) * more[:, None], out=out)
        average += 1.0 if known is None else np.tensordot(likely, share, 1)
        return np.asarray(average)

    def total(self, known: Evidence) -> Floats:
        """(K1, AX, B) weights with what is known of the risk factors."""
        out = self.weight
        for risk in self.odds:
            out = out * self.carried(risk, known.get(risk))
        return out

    def shares(self, risk: str, rest: Floats) -> Floats:
        """(states, B) shares of a risk factor; `rest` (K1, AX, B) are the cells without it."""
        share, everyone = self.odds[risk] / self.odds[risk].sum(axis=0), rest.sum(axis=0)
        more = [np.einsum("kab,kb->ab", rest, _wide(e, rest)) for e in self.excess[risk]]
        first = [share[0] * everyone]
        others = [own * (everyone + m) for own, m in zip(share[1:], more, strict=True)]
        return np.stack([state.sum(axis=0) for state in first + others])

    def at(self, possible: Ints) -> Cells:
        """Some of the pairs of age and sex."""
        odds = {risk: table[:, possible] for risk, table in self.odds.items()}
        return Cells(self.weight[:, possible], odds, self.excess)


def lay_out(space: DiseaseSpace, now: PriorVersions, prior: PriorVersions) -> Cells:
    """The cells of `prior`, with the odds that were solved for the numbers as they stand, `now`."""
    mix = space.roots.mix
    age, sex = pairs(space)
    context, usual = np.ones((1, 1, 1)), np.ones((1, 1))
    for name, state in zip(CONTEXT, (age, sex), strict=True):
        relative = prior.kinds[name] / prior.reference[name][..., None]
        context = context * relative[state].transpose(2, 0, 1)
        usual = usual * prior.reference[name][state]
    excess, solved, stated = {}, {}, {}
    for risk in mix.risks:
        name = risk.variable.id
        by = prior.multiplier[name].transpose(0, 2, 1)
        by = by[:, age] * by[:, mix.age.size + sex]
        excess[name] = prior.kinds[name][1:].transpose(0, 2, 1) - 1
        stated[name] = _odds(prior.reference[name])[:, None] * by
        moved = ratio(_odds(prior.mix[name]), _odds(now.mix[name]))
        solved[name] = risk.odds[:, None, None] * moved[:, None] * by
    mean = Cells(context * usual, stated, excess).total({}).sum(axis=1)
    power = space.network.prior.kind_power if space.network.prior else 1.0
    kinds = context * (prior.kind_share.T**power / mean)[:, None]
    return Cells(
        np.concatenate([kinds, np.ones((1, *kinds.shape[1:]))]),
        solved,
        {
            n: np.concatenate([e, np.zeros((len(e), 1, e.shape[2]))], axis=1)
            for n, e in excess.items()
        },
    )


def pairs(space: DiseaseSpace) -> tuple[Ints, Ints]:
    """(AX,) age band and sex of each pair."""
    mix = space.roots.mix
    age, sex = np.divmod(np.arange(mix.age.size * mix.sex.size), mix.sex.size)
    return age, sex


def ratio(above: Floats, below: Floats) -> Floats:
    """The quotient; 0 where the lower number is."""
    return np.asarray(above / np.where(below > 0, below, 1.0) * (below > 0))


def _odds(share: Floats) -> Floats:
    return np.asarray(share / share[0])


def _wide(table: Floats, like: Floats) -> Floats:
    return np.broadcast_to(table, (*table.shape[:-1], like.shape[-1]))
