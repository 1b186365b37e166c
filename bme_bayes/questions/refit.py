"""The prior fitted again for many versions of its numbers, in small.

The solved prior meets its base rates, ages, sexes and shares of risk factors together
(`bases.solve`); with other numbers it would have to be solved anew. Here the same margins are met
by raking (iterative proportional fitting) over single causes, by age and sex (`cells`): a few
hundred cells in place of all scenarios, so that every version is fitted at once. A scenario with
several diagnoses counts for each of them, as often as its other members become likelier.

Near a new solution, not the same: raking ends after a few rounds, and among those with two or
three diagnoses unknown risk factors follow each of them by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import Coded
from bme_bayes.questions.cells import Cells, lay_out, pairs, ratio
from bme_bayes.questions.prior_versions import CONTEXT, PriorVersions, prior_point
from bme_bayes.roots import Evidence

Floats = NDArray[np.float64]
ROUNDS = 4
SWEEPS = 4
"""Over base rates, ages and sexes in each round."""
_fits: WeakKeyDictionary[DiseaseSpace, Refit] = WeakKeyDictionary()


def refit_of(space: DiseaseSpace) -> Refit:
    """The refit of a network; made once."""
    found = _fits.get(space)
    if found is None:
        found = _fits[space] = Refit(space)
    return found


@dataclass(frozen=True)
class Change:
    """How much scenarios change for one patient, at one pair of age and sex.

    everyone : (B,) change of all alike
    causes : (B, K + 1) change of those with each kind, and of those with none
    """

    everyone: Floats
    causes: Floats


class Refit:
    """One network's solved prior, to be fitted to other versions of its numbers.

    once, full : (K1, AX) mass of the scenarios of each cause, by age and sex; with several
    diagnoses divided among them, and not divided
    together : (AX, K1, K1) mass of those with two kinds
    through : the same times d ln P(marrow edema) / d link of the first
    """

    def __init__(self, space: DiseaseSpace) -> None:
        scenarios, kinds = space.scenarios, len(space.network.kinds)
        self.space, self.now = space, prior_point(space)
        self.grade_of = np.append(scenarios.grade_of, len(scenarios.grades))
        joint = space.roots.everyone * space.solved.scenario * space.edema
        joint /= joint.sum()
        none = joint[:, scenarios.count == 0].T
        shared = joint / np.maximum(scenarios.count, 1)
        self.once, self.full = (
            np.vstack([np.stack([scenarios.collapse(row, kinds) for row in rows], axis=1), none])
            for rows in (shared, joint)
        )
        self.together = _together(space, joint)
        self.through = self.together * _through_links(space)
        self.cells = lay_out(space, self.now, self.now)
        self.unit = ratio(self.once[..., None], self.cells.total({}))
        self.shares = {
            risk: self.cells.shares(risk, self.once[..., None] / self.cells.carried(risk))
            for risk in self.cells.odds
        }

    def changes(self, prior: PriorVersions, links: Floats, coded: Coded) -> tuple[Change, ...]:
        """How scenarios change for this patient, at each possible pair of age and sex.

        `links` (B or 1, K + 1) are P(marrow edema | single cause). What they do to the fit is in;
        what they do to a patient whose marrow edema is known is left to the caller.
        """
        known, _ = self.space.split_evidence(coded)
        possible = np.flatnonzero(self.space.roots.pairs(known))
        if prior is self.now and np.array_equal(links, self.space.links[None]):
            one = np.ones((1, len(self.grade_of)))
            return tuple(Change(one[:, 0], one) for _ in possible)
        cells = lay_out(self.space, self.now, prior)
        none = self._rake(cells, prior, links, known)
        before, after = (c.at(possible).total(known) for c in (self.cells, cells))
        change = np.where(before > 0, ratio(after, before), 1.0)
        everyone = change[-1] / none
        causes = ratio(change, everyone)
        return tuple(
            Change(everyone[i], np.ascontiguousarray(causes[:, i].T)) for i in range(len(possible))
        )

    def _rake(self, cells: Cells, prior: PriorVersions, links: Floats, known: Evidence) -> Floats:
        """Bring the cells to the margins of each version, in place.

        Risk factors that are not `known` reach a patient through age and sex alone: once will do.
        Gives (B,) how much likelier it becomes to have none of the diagnoses than by age, sex and
        risk factors.
        """
        wanted = self._wanted(prior)
        size = max(table.shape[-1] for table in (links.T, *wanted.values(), *cells.tables()))
        weight = np.repeat(self.unit * cells.weight, size // cells.weight.shape[-1], axis=-1)
        average = {risk: cells.carried(risk, out=np.empty_like(weight)) for risk in cells.odds}
        for table in average.values():
            weight *= table
        by_cause, by_pair = np.ones((len(weight), size)), np.ones((weight.shape[1], size))
        once, moved = self.once[..., None], (links - self.space.links).T[:, None]
        alone = ratio(2 * self.once - self.full, self.once)[..., None]
        alone = alone * (1 + moved / self.space.links[:, None, None])
        company, scale = np.ones((1, 1, 1)), np.ones(size)
        for done in range(ROUNDS):
            more, scale = self._company(ratio(weight, once * company), by_pair, moved)
            now = alone + ratio(more, once)
            weight *= now / company
            company, counted = now, 1 + ratio(more, once * now)
            for _ in range(SWEEPS):
                rows = np.einsum("kab,kab->kb", weight, counted)
                factor = _to(wanted["grade"], rows, self.grade_of)
                weight *= factor[:, None]
                by_cause *= factor
                for name, group in zip(CONTEXT, pairs(self.space), strict=True):
                    factor = _to(wanted[name], weight.sum(axis=0), group)
                    weight *= factor
                    by_pair *= factor
            for risk in [r for r in cells.odds if done == 0 or r in known]:
                weight /= average[risk]
                factor = ratio(wanted[risk], cells.shares(risk, weight))
                cells.odds[risk] = cells.odds[risk] * (factor / factor[0])[:, None]
                weight *= cells.carried(risk, out=average[risk])
        cells.weight = cells.weight * by_cause[:, None] * by_pair
        return np.asarray(by_cause[-1] * scale)

    def _wanted(self, prior: PriorVersions) -> dict[str, Floats]:
        """(states, B) margins of each version."""
        rates = ratio(prior.base, self.now.base).T
        rates = np.append(rates, np.ones((1, rates.shape[1])), axis=0)
        grades = _sums(self.full.sum(axis=1)[:, None], self.grade_of)
        found = {"grade": grades * rates}
        for name, group in zip(CONTEXT, pairs(self.space), strict=True):
            found[name] = _sums(self.once.sum(axis=0)[:, None], group)
        found |= self.shares
        moved = {name: ratio(share, self.now.mix[name]) for name, share in prior.mix.items()}
        return {n: m * moved[n] if n in moved else m for n, m in found.items()}

    def _company(self, grown: Floats, by_pair: Floats, moved: Floats) -> tuple[Floats, Floats]:
        """(K1, AX, B) half the mass of each cause with others beside it, and its scale (B,).

        `grown`: how much likelier the cells have become, without marrow edema; `moved` (K1, 1, B):
        the change of the links. How many have several diagnoses in all is kept, as the base rates
        and the share with none are.
        """
        half = (self.full - self.once)[..., None]
        usual = self.together.sum(axis=2).T[..., None]
        beside = _beside(self.together, grown) + moved * _beside(self.through, grown)
        beside += _beside(self.through.transpose(0, 2, 1), moved * grown)
        more = half * ratio(beside, usual) / by_pair
        scale = half.sum() / (more * grown).sum(axis=(0, 1))
        return more * scale, scale


def _beside(tables: Floats, others: Floats) -> Floats:
    """(K1, AX, B) sums of others (K1, AX, B), by how often each is beside a cause (AX, K1, K1)."""
    return np.asarray((tables @ others.transpose(1, 0, 2)).transpose(1, 0, 2))


def _together(space: DiseaseSpace, joint: Floats) -> Floats:
    """(AX, K1, K1) mass (AX, S) of scenarios with both of two kinds."""
    kinds, members = len(space.network.kinds), space.scenarios.members
    out = np.zeros((len(joint), kinds + 1, kinds + 1))
    for first, second in ((0, 1), (0, 2), (1, 2)):
        for table, row in zip(out, joint, strict=True):
            np.add.at(table, (members[:, first], members[:, second]), row)
    out += out.transpose(0, 2, 1)
    out[:, -1] = out[:, :, -1] = 0
    return out


def _through_links(space: DiseaseSpace) -> Floats:
    """(K1, K1) d ln P(marrow edema | two kinds) / d link of the first."""
    link = space.links
    return np.asarray((1 - link) / (1 - np.outer(1 - link, 1 - link)))


def _to(wanted: Floats, rows: Floats, group: NDArray[np.intp]) -> Floats:
    """(rows, B) factors that bring sums of rows to what is wanted of each group."""
    return ratio(wanted, _sums(rows, group))[group]


def _sums(table: Floats, group: NDArray[np.intp]) -> Floats:
    """(groups, B) sums of rows."""
    return np.asarray(np.eye(int(group.max()) + 1)[:, group] @ table)
