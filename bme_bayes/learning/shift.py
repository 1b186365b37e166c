"""Base rates from a cohort without diagnoses, by EM (prior shift).

Assumed: what the diagnoses look like is as in the model, and only how common they are differs.
EM then climbs to the most probable base rates given the findings of all patients, with the
setting's base rates as prior worth some patients (the conjugate prior of the log-linear
model: as if so many patients with a known diagnosis had been seen).

    E: mean posterior t of the features (presence of each grade; none; three) over N patients,
       with the features of n0 patients as the old base rates have them
    M: the base rates m whose features are t, by least squares in the metric of their
       covariance C: the features are more than the base rates, since the shares of patients
       with no and with three diagnoses follow from these

How well they are known follows from the patients' scores u (their features less the mean):
the information in m is D' (n0 C + sum of u u') D with D the change of the factors with m.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bme_bayes.engine import Engine
from bme_bayes.errors import BmeBayesError, InputError
from bme_bayes.findings import code_findings
from bme_bayes.learning.learned import LEAST_PAIRS, Grade, Learned, updated_prior, usual_weight
from bme_bayes.learning.tilt import Tilt, make_tilt, shifted_mix, target_of
from bme_bayes.network import EDEMA

Floats = NDArray[np.float64]
CLOSE = 1e-6
LEAST = 1e-6
ROUNDS = 1000
LEAST_TOLD = 0.1
"""Findings that tell less than this share of what diagnoses would are worth a warning."""
TOGETHER = -0.8
"""Two base rates with such a correlation are known as a sum rather than each by itself."""
Patient = Mapping[str, object]


@dataclass(frozen=True)
class _Data:
    """rows (P, S) posterior of each distinct patient under the old prior, and how many (P,)."""

    rows: Floats
    times: Floats


def learn_base_rates(
    engine: Engine,
    cohort: pd.DataFrame | Iterable[Patient],
    *,
    name: str = "",
    weight: float | None = None,
) -> Learned:
    """Base rates of a cohort of patients with findings and no diagnoses.

    Parameters: `cohort` has a row a patient and a column a finding, blank where unknown (or is
    a list of findings); all have marrow edema. `weight` is how many patients the old base
    rates count for (by default their own weight). The case mix of the new prior set follows
    from its base rates. `warnings` of the result name base rates that the findings can't tell.
    Raises `InputError` with the patient's number for findings that can't be read or be true.
    """
    prior, region = engine.network.prior, engine.network.region
    assert prior is not None  # the engine has solved it
    weight = usual_weight(prior, region) if weight is None else weight
    if not weight > 0:
        raise InputError(f"weight: {weight} is not a positive number of patients")
    data = _posteriors(engine, patients_of(cohort))
    size = int(data.times.sum())
    tilt, fit = make_tilt(engine), _Fit(engine, data, weight)
    rates, factors = fit.old[:-2], np.zeros(len(fit.old))
    for _ in range(ROUNDS):
        before, rates = rates, fit.improve(tilt, factors)
        factors = tilt.solve(fit.target(rates), factors)
        if np.abs(rates - before).max() < CLOSE:
            break
    else:
        raise InputError(f"the base rates still moved after {ROUNDS} rounds: give them more weight")
    spread = fit.covariance(tilt, factors)
    worth = np.clip(rates * (1 - rates) / np.diag(spread) - 1, 2.0, weight + size)
    note = f"updated from {size} patients without diagnoses"
    new = updated_prior(prior, region, fit.rates(rates, worth), note, name)
    new = replace(new, mix=shifted_mix(engine.space, tilt.start * tilt.weights(factors), prior))
    warnings = tuple(_warnings(fit.grades, spread, (worth - weight) / size, size))
    return Learned(new, prior, region, size, "EM without diagnoses", warnings)


def patients_of(cohort: pd.DataFrame | Iterable[Patient]) -> list[dict[str, object]]:
    """Findings of each patient; blanks of a table are unknown and left out."""
    if not isinstance(cohort, pd.DataFrame):
        return [dict(p) for p in cohort]
    known = cohort.notna().to_numpy()
    columns = [str(c) for c in cohort.columns]
    values = cohort.to_numpy(dtype=object)
    return [
        {c: v for c, v, k in zip(columns, row, here, strict=True) if k and v != ""}
        for row, here in zip(values, known, strict=True)
    ]


def _posteriors(engine: Engine, patients: list[dict[str, object]]) -> _Data:
    rows: dict[bytes, Floats] = {}
    times: dict[bytes, int] = {}
    for number, findings in enumerate(patients, start=1):
        try:
            coded = code_findings(engine.network, findings)
            key = b"".join(n.encode() + v.tobytes() for n, v in sorted(coded.items()))
            if EDEMA not in coded or coded[EDEMA][0]:
                raise InputError("is not known to have marrow edema; base rates are given that")
            if key not in rows:
                rows[key] = engine.space.belief(coded).scenario
        except BmeBayesError as error:
            raise InputError(f"patient {number}: {error}") from None
        times[key] = times.get(key, 0) + 1
    if not rows:
        raise InputError("there are no patients to learn from")
    return _Data(np.stack(list(rows.values())), np.array(list(times.values()), dtype=float))


class _Fit:
    """One cohort's fit of the base rates of a region."""

    def __init__(self, engine: Engine, data: _Data, weight: float) -> None:
        assert engine.network.prior is not None
        self.prior, self.region = engine.network.prior, engine.network.region
        self.grades = engine.space.scenarios.grades
        self.data, self.weight = data, weight
        self.old = target_of(self.prior, self.region, self.grades)
        # (G + 2, G) how the features follow from the base rates
        size = len(self.grades)
        slope = (self.target(self.old[:-2] * 1.01) - self.old)[-1] / (0.01 * self.old[:-2].sum())
        self.follow = np.vstack([np.eye(size), np.zeros(size), np.full(size, slope)])

    def target(self, rates: Floats) -> Floats:
        """The features that base rates stand for."""
        base = self.prior.region(self.region)
        new = {g: replace(base[g], value=float(r)) for g, r in zip(self.grades, rates, strict=True)}
        prior = replace(self.prior, base={self.region: new})
        return target_of(prior, self.region, self.grades)

    def improve(self, tilt: Tilt, factors: Floats) -> Floats:
        """One round of EM."""
        tilted = tilt.weights(factors)
        chance = self.data.rows @ tilted
        seen = (self.data.times / chance) @ self.data.rows * tilted
        mean = (self.weight * self.old + seen @ tilt.features) / (
            self.weight + self.data.times.sum()
        )
        metric = np.linalg.solve(tilt.covariance(factors), self.follow)
        gap = mean - self.old
        move = np.linalg.solve(self.follow.T @ metric, metric.T @ gap)
        rates = np.maximum(self.old[:-2] + move, LEAST)
        return np.asarray(rates * max(1.0, (1 - self.prior.none + LEAST_PAIRS) / rates.sum()))

    def covariance(self, tilt: Tilt, factors: Floats) -> Floats:
        """(G, G) covariance of the base rates' posterior."""
        tilted = tilt.weights(factors)
        weight = tilt.start * tilted
        mean = weight @ tilt.features / weight.sum()
        each = (self.data.rows * tilted) @ tilt.features
        score = each / (self.data.rows @ tilted)[:, None] - mean
        complete = tilt.covariance(factors)
        information = self.weight * complete + (score * self.data.times[:, None]).T @ score
        change = np.linalg.solve(complete, self.follow)
        return np.asarray(np.linalg.inv(change.T @ information @ change))

    def rates(self, rates: Floats, worth: Floats) -> dict[Grade, tuple[float, float]]:
        """Base rates with their weights, by grade."""
        rows = zip(self.grades, rates.tolist(), worth.tolist(), strict=True)
        return {grade: (rate, n) for grade, rate, n in rows}


def _warnings(grades: tuple[Grade, ...], spread: Floats, told: Floats, size: int) -> Iterator[str]:
    """What the findings could not tell."""
    for (diagnosis, state), share in zip(grades, told, strict=True):
        if share < LEAST_TOLD:
            yield (
                f"{diagnosis} ({state}): these findings tell as much of its base rate as "
                f"{max(share * size, 0):.0f} patients with a known diagnosis would; "
                "it rests on the old one"
            )
    deviation = np.sqrt(np.diag(spread))
    related = spread / np.outer(deviation, deviation)
    for i, j in zip(*np.nonzero(np.triu(related < TOGETHER, 1)), strict=True):
        yield (
            f"{grades[i][0]} ({grades[i][1]}) and {grades[j][0]} ({grades[j][1]}): these findings "
            "hardly tell them apart; only their sum is known well"
        )
