"""One patient's prior under other base rates, to first order, without solving again.

The solved vector theta (log odds of the grades, log weights of ages, sexes, risk factors and
of none and three diagnoses) follows the logarithms of the base rates linearly; so do the log
weights of the scenarios follow theta, exactly for what is known of the patient and to first
order for an age, sex or risk factor that is not. So the case mix stays what it is: where a
clinic sees more stress injuries, but no more athletes, others are more often affected.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from bme_bayes.bases import response
from bme_bayes.disease_space import DiseaseSpace
from bme_bayes.findings import Coded
from bme_bayes.priors import COUNT_CAP

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
_responses: WeakKeyDictionary[DiseaseSpace, Floats] = WeakKeyDictionary()


def prior_shift(space: DiseaseSpace, coded: Coded, keep: Ints) -> Floats:
    """(S, G) d ln weight of the scenarios `keep` / d ln base rate of each public state."""
    found = _responses.get(space)
    if found is None:
        found = response(space.network, space.scenarios, space.edema, space.solved)
        _responses[space] = found
    return np.asarray(_features(space, coded, keep) @ found)


def _features(space: DiseaseSpace, coded: Coded, keep: Ints) -> Floats:
    """(S, len(theta)) d ln weight / d theta: what is in a scenario, or expected given it.

    Of a state of a risk factor: how much likelier it is than its share by age and sex.
    """
    scenarios, roots = space.scenarios, space.roots
    known, _ = space.split_evidence(coded)
    grades = np.zeros((len(keep), len(scenarios.grades) + 1))
    of = np.append(scenarios.grade_of, len(scenarios.grades))[scenarios.members[keep]]
    for member in range(COUNT_CAP):
        grades[np.arange(len(keep)), of[:, member]] = 1.0
    count = scenarios.count[keep]
    weight = roots.weights(known)[:, keep]
    possible = np.flatnonzero(weight.any(axis=1))
    chance = weight[possible] / np.maximum(weight.sum(axis=0), 1e-300)
    sexes = len(roots.mix.sex)
    rows = [*grades[:, :-1].T, count == 0, count == COUNT_CAP]
    rows += [chance[possible // sexes == a].sum(axis=0) for a in range(1, len(roots.mix.age))]
    rows += [chance[possible % sexes == x].sum(axis=0) for x in range(1, sexes)]
    for risk, ratios in zip(roots.mix.risks, roots.ratios, strict=True):
        stated = risk.shares().reshape(len(risk.odds), -1)[:, possible]
        shares = stated * known.get(risk.variable.id, np.ones(len(risk.odds)))[:, None]
        ratio = ratios[:, keep]
        rest = chance / np.maximum(shares.T @ ratio, 1e-300)
        for own, odds, share in zip(shares[1:], ratio[1:], stated[1:], strict=True):
            rows.append(odds * (own @ rest) - share @ chance)
    return np.stack(rows, axis=1).astype(np.float64)
